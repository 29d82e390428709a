// The candidate's way of the operation guide in Chromium 87, one phase of it: `node walk.mjs ORDER.json`.
// The order names the browser, the addresses, the person, the phase and a file for every place; between the phases
// the staff do their half in a browser of today. Prints one line of JSON.
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { chromium } from "playwright-core";

const PATIENCE = 60_000;

const order = JSON.parse(readFileSync(process.argv[2], "utf8"));
const complaints = [];
const done = [];
const browser = await chromium.launch({
  executablePath: order.browser,
  env: { ...process.env, LD_LIBRARY_PATH: join(dirname(order.browser), "lib") },
  args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
});
const context = await browser.newContext({
  viewport: { width: 390, height: 844 },
  locale: "zh-CN",
  timezoneId: "Asia/Shanghai",
  storageState: existsSync(order.state) ? order.state : undefined,
});
const page = await context.newPage();
page.setDefaultTimeout(PATIENCE);
page.on("console", (message) => message.type() === "error" && complaints.push(`console: ${message.text()}`));
page.on("pageerror", (error) => complaints.push(`script: ${error}`));

const registrations = `${order.registration}/registrations/`;
const sheet = page.locator("dialog.sheet[open]");
const panel = page.locator("#status-panel");
const [first, ...others] = order.places;
const card = ({ kind }) => page.locator(`#material-${kind}`);
const place = (slot) => card(slot).locator(".slot").nth(slot.position - 1);

function ensure(holds, sentence) {
  if (!holds) {
    throw new Error(sentence);
  }
}

async function shows(where, ...words) {
  for (const word of words) {
    await where.locator(`text=${word}`).first().waitFor();
  }
}

async function keep(name) {
  if (order.pictures) {
    const file = `chromium87-${order.phase}-${done.length}-${name}.png`;
    await page.screenshot({ path: join(order.pictures, file), caret: "initial" });
  }
}

// What another process does shows when a page is opened again.
async function awaitAt(address, selector) {
  const giveUp = Date.now() + PATIENCE;
  while (Date.now() < giveUp) {
    await page.goto(address);
    if (await page.locator(selector).count()) {
      return;
    }
  }
  throw new Error(`${selector} isn't at ${address}`);
}

const awaitStatus = (words) => awaitAt(registrations, `td.status:has-text('${words}')`);
const awaitMessage = (words) => awaitAt(`${order.registration}/phone/`, `.bubble-sms .bubble-text:has-text('${words}')`);

async function see() {
  await page.goto(order.dossier);
  await panel.waitFor();
}

async function enter() {
  await page.goto(registrations);
  await page.locator("text=上传相关材料").first().click();
  await page.waitForURL(`${order.service}/dossiers/**`);
}

async function upload(slot) {
  await place(slot).locator(".slot__add").click();
  await sheet.locator("#upload-file:not([disabled])").waitFor({ state: "attached" });
  await sheet.locator("#upload-file").setInputFiles(slot.file);
  await sheet.locator("[data-upload-target=submit]:not([disabled])").click();
  await place(slot).locator("img").waitFor();
}

async function remove(slot) {
  await place(slot).locator(".slot__remove").click();
  await sheet.locator("button:has-text('删除')").click();
  await place(slot).locator(".slot__add").waitFor();
}

async function check(button, heading) {
  await page.locator(`#primary-action a:has-text('${button}')`).click();
  await page.locator("h1:has-text('提交前核对')").waitFor();
  await page.locator("input[type=checkbox]").check();
  await page.locator(`main button:has-text('${button}')`).click();
  await page.locator(`h1:has-text('${heading}')`).waitFor();
}

async function looksAt(path) {
  await page.goto(`${order.dossier}${path}`);
  await page.locator("h1").first().waitFor();
}

const PHASES = {
  first: {
    "log-in": async () => {
      await page.goto(`${order.registration}/`);
      await page.fill("input[name=username]", order.username);
      await page.fill("input[name=password]", order.password);
      await page.press("input[name=password]", "Enter");
      await page.locator("text=上传相关材料").first().click();
    },
    consent: async () => {
      await page.locator("button:has-text('同意授权')").click();
      await page.waitForURL(`${order.service}/dossiers/**`);
      order.dossier = page.url().split("#")[0];
    },
    sample: async () => {
      await page.locator("#material-M01 a:has-text('示例')").click();
      await page.locator("dialog.lightbox[open] img").waitFor();
      await page.keyboard.press("Escape");
      await page.locator("dialog.lightbox[open]").waitFor({ state: "hidden" });
    },
    photograph: () => upload({ ...first, file: order.photograph }),
    delete: () => remove(first),
    uploads: async () => {
      for (const slot of [first, ...others]) {
        await upload(slot);
      }
    },
    unsent: () => page.locator("#unsent:has-text('尚未提交审核')").waitFor(),
    change: async () => {
      const given = await page.locator(".slot img").count();
      await page.goto(registrations);
      await page.locator("a:has-text('修改报名信息')").click();
      await page.selectOption("select[name=category]", "142");
      await page.check("input[name=name_changed]");
      await page.uncheck("input[name=first_time]");
      await page.locator("button:has-text('保存')").click();
      await page.locator("text=报名信息已保存").waitFor();
      await awaitAt(order.dossier, "text=现在还需要：");
      ensure((await page.locator(".slot img").count()) === given, "a picture was lost with the change");
      const change = page.locator("section[aria-labelledby=change-heading]");
      await change.locator("button:has-text('知道了')").click();
      await change.waitFor({ state: "detached" });
      for (const slot of order.added) {
        await upload(slot);
      }
    },
    "large-type": async () => {
      await page.locator(".utility button:has-text('长辈版')").click();
      await page.locator("html.elder").waitFor();
    },
    submit: () => check("提交审核", "上报完成，内容已锁定"),
    locked: async () => {
      await see();
      await shows(panel, "已提交，待考点审核");
      const open = page.locator(".slot__remove, .slot__add, #primary-action a");
      ensure((await open.count()) === 0, "something is still open");
      const given = page.locator(".slot:has(img)");
      const locked = page.locator(".slot:has(img):has-text('已锁定')");
      ensure((await given.count()) === (await locked.count()), "a picture doesn't say that it is locked");
    },
    data: () => looksAt("data/"),
    messages: () => looksAt("messages/"),
    doubt: () => looksAt("doubt/"),
  },
  answer: {
    status: () => awaitStatus("待补充（1项）"),
    message: () => awaitMessage("1项待补充：试用期考核证明"),
    returned: async () => {
      await enter();
      await shows(panel, "待补充（1项）", order.remark);
      await shows(card(order.answer), order.remark);
      await shows(place(order.answer), "未锁定", "需更换");
      ensure((await page.locator(".slot__remove").count()) === 1, "more than the asked place is open");
      await shows(page.locator(".slot--accepted").first(), "合格", "已锁定");
    },
    replace: async () => {
      await remove(order.answer);
      await upload(order.answer);
    },
    resubmit: () => check("重新提交", "已重新提交，内容已锁定"),
  },
  waiting: {
    status: () => awaitStatus("已提交，审核中"),
    page: async () => {
      await see();
      await shows(panel, "已提交，审核中");
    },
  },
  passed: {
    status: () => awaitStatus("考点通过，考区复审中"),
    page: async () => {
      await see();
      await shows(panel, "考点通过，考区复审中", "这还不是最终结果");
    },
  },
  result: {
    status: () => awaitStatus("审核通过"),
    message: () => awaitMessage("审核结果已公布"),
    page: async () => {
      await enter();
      await shows(panel, "您的报名资格审核已通过");
    },
  },
};

try {
  for (const [name, act] of Object.entries(PHASES[order.phase])) {
    await act();
    done.push(name);
    await keep(name);
  }
} catch (error) {
  complaints.push(String(error));
  await keep("failed");
}
const text = await page.locator("main").first().innerText();
const wide = await page.evaluate("document.documentElement.scrollWidth - innerWidth");
await context.storageState({ path: order.state });
const { dossier = "" } = order;
console.log(JSON.stringify({ version: browser.version(), done, complaints, wide, text, dossier }));
await browser.close();
