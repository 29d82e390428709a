-- wrk's part of the measurement: every request of a list once, each a multipart form built when it is sent.
-- After `--`: the list. A line is path, picture file, then `h:NAME=VALUE` (header) and `f:NAME=VALUE` (field), by tabs.
-- Prints one line of JSON: requests answered, seconds, errors, and what the first refused one was told.
local BOUNDARY = "----bench-7d1f0c2e"
local threads = {}
local pictures = {}
local lines, last = {}, 0
first_refusal = "" -- global: done() reads it from the thread

function setup(thread)
  table.insert(threads, thread)
end

function init(args)
  for line in io.lines(args[1]) do
    table.insert(lines, line)
  end
end

local function picture_of(name)
  if not pictures[name] then
    local file = assert(io.open(name, "rb"))
    pictures[name] = file:read("*a")
    file:close()
  end
  return pictures[name]
end

function request()
  last = last + 1
  if last > #lines then
    io.stderr:write("the list of requests is too short\n")
    os.exit(3)
  end
  local columns = {}
  for column in lines[last]:gmatch("[^\t]+") do
    table.insert(columns, column)
  end
  local headers = { ["Content-Type"] = "multipart/form-data; boundary=" .. BOUNDARY }
  local parts = {}
  for number = 3, #columns do
    local what, name, value = columns[number]:match("^(%a):([^=]+)=(.*)$")
    if what == "h" then
      headers[name] = value
    else
      local head = '\r\nContent-Disposition: form-data; name="' .. name .. '"\r\n\r\n'
      table.insert(parts, "--" .. BOUNDARY .. head .. value .. "\r\n")
    end
  end
  local head = '\r\nContent-Disposition: form-data; name="picture"; filename="scan.jpg"\r\nContent-Type: image/jpeg\r\n\r\n'
  table.insert(parts, "--" .. BOUNDARY .. head)
  table.insert(parts, picture_of(columns[2]))
  table.insert(parts, "\r\n--" .. BOUNDARY .. "--\r\n")
  return wrk.format("POST", columns[1], headers, table.concat(parts))
end

function response(status, _, body)
  if status >= 300 and first_refusal == "" then
    first_refusal = status .. " " .. body:sub(1, 200):gsub('[%c"\\]', " ")
  end
end

function done(summary, _, _)
  local errors = summary.errors
  local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  local told = ""
  for _, thread in ipairs(threads) do
    told = told ~= "" and told or thread:get("first_refusal")
  end
  io.write(string.format(
    'JSON {"done": %d, "seconds": %.6f, "errors": %d, "first_error": "%s"}\n',
    summary.requests, summary.duration / 1e6, failed, told
  ))
end
