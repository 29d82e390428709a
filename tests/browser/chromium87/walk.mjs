// The candidate's way of the operation guide in Chromium 87: `node walk.mjs ORDER.json`; prints one line of JSON.
// The order names the browser, the addresses, the person, and a file for every place.
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { chromium } from "playwright-core";

const order = JSON.parse(readFileSync(process.argv[2], "utf8"));
const complaints = [];
const done = [];
let own = "";
const browser = await chromium.launch({
  executablePath: order.browser,
  env: { ...process.env, LD_LIBRARY_PATH: join(dirname(order.browser), "lib") },
  args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
});
const context = await browser.newContext({
  viewport: { width: 390, height: 844 },
  locale: "zh-CN",
  timezoneId: "Asia/Shanghai",
});
const page = await context.newPage();
page.setDefaultTimeout(60_000);
page.on("console", (message) => message.type() === "error" && complaints.push(`console: ${message.text()}`));
page.on("pageerror", (error) => complaints.push(`script: ${error}`));

const sheet = page.locator("dialog.sheet[open]");
const place = ({ kind, position }) => page.locator(`#material-${kind} .slot`).nth(position - 1);

async function step(name, act) {
  await act();
  done.push(name);
  if (order.pictures) {
    await page.screenshot({ path: join(order.pictures, `chromium87-${done.length}-${name}.png`), caret: "initial" });
  }
}

async function upload(slot) {
  await place(slot).locator(".slot__add").click();
  await sheet.locator("#upload-file:not([disabled])").waitFor({ state: "attached" });
  await sheet.locator("#upload-file").setInputFiles(slot.file);
  await sheet.locator("[data-upload-target=submit]:not([disabled])").click();
  await place(slot).locator("img").waitFor();
}

try {
  await step("log-in", async () => {
    await page.goto(`${order.registration}/`);
    await page.fill("input[name=username]", order.username);
    await page.fill("input[name=password]", order.password);
    await page.press("input[name=password]", "Enter");
    await page.locator("text=上传相关材料").first().click();
  });
  await step("consent", async () => {
    await page.locator("button:has-text('同意授权')").click();
    await page.waitForURL(`${order.service}/dossiers/**`);
    own = page.url().split("#")[0];
  });
  await step("sample", async () => {
    await page.locator("#material-M01 a:has-text('示例')").click();
    await page.locator("dialog.lightbox[open] img").waitFor();
    await page.keyboard.press("Escape");
    await page.locator("dialog.lightbox[open]").waitFor({ state: "hidden" });
  });
  const [first, ...others] = order.places;
  await step("photograph", async () => upload({ ...first, file: order.photograph }));
  await step("delete", async () => {
    await place(first).locator(".slot__remove").click();
    await sheet.locator("button:has-text('删除')").click();
    await place(first).locator(".slot__add").waitFor();
  });
  await step("uploads", async () => {
    for (const slot of [first, ...others]) {
      await upload(slot);
    }
  });
  await step("unsent", async () => page.locator("#unsent:has-text('尚未提交审核')").waitFor());
  await step("large-type", async () => {
    await page.locator(".utility button:has-text('长辈版')").click();
    await page.locator("html.elder").waitFor();
  });
  await step("check", async () => {
    await page.locator("#primary-action a").click();
    await page.locator("h1:has-text('提交前核对')").waitFor();
    await page.locator("input[type=checkbox]").check();
  });
  await step("receipt", async () => {
    await page.locator("main button:has-text('提交审核')").click();
    await page.locator("h1:has-text('上报完成，内容已锁定')").waitFor();
  });
  for (const path of ["", "data/", "messages/", "doubt/"]) {
    await step(`page-${path.replace("/", "") || "dossier"}`, async () => {
      await page.goto(`${own}${path}`);
      await page.locator("h1").first().waitFor();
    });
  }
} catch (error) {
  complaints.push(String(error));
}
const wide = await page.evaluate("document.documentElement.scrollWidth - innerWidth");
console.log(JSON.stringify({ version: browser.version(), done, complaints, wide }));
await browser.close();
