// Looks at the page in Chromium: `node check.mjs ADDRESS [FOLDER]`. Ends with status 1 and a line
// for each thing that is wrong. With a folder it leaves screenshots there.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const [address, folder] = process.argv.slice(2);
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core"), "utf8");
const wrong = [];
const expect = (is, what) => { if (!is) wrong.push(what); };

const PAGES = {
  overview: "/",
  deadline: "/deadlines/tariff-truce",
  ended: "/deadlines/tiktok-divestiture",
  talks: "/talks/us-china-trade",
  "all-talks": "/talks",
  past: "/?as_of=2025-09-14",
  missing: "/deadlines/tarif-truce",
  "wrong-date": "/?as_of=soon",
};
const KEPT = ["overview-light-1280", "overview-dark-390", "deadline-light-1280", "deadline-dark-390", "talks-light-390"];

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});

async function open(options) {
  // Playwright's own evaluation needs no `eval` of the page, so that the policy stays in force.
  const context = await browser.newContext({ timezoneId: "Europe/Madrid", locale: "en-GB", ...options });
  await context.addInitScript(() => {
    window.shifts = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) window.shifts += entry.value;
    }).observe({ type: "layout-shift", buffered: true });
  });
  const page = await context.newPage();
  page.on("request", (it) => expect(it.url().startsWith(address) || it.url().startsWith("data:"), `asks ${it.url()}`));
  page.on("console", (it) => {
    const isStatus = it.text().startsWith("Failed to load resource");
    expect(it.type() !== "error" || isStatus, `${page.url()}: ${it.text()}`);
  });
  page.on("pageerror", (it) => wrong.push(`${page.url()}: ${it.message}`));
  return page;
}

for (const colorScheme of ["light", "dark"]) {
  for (const width of [390, 1280]) {
    const page = await open({ colorScheme, viewport: { width, height: 900 }, reducedMotion: "reduce" });
    for (const [name, path] of Object.entries(PAGES)) {
      const which = `${name}-${colorScheme}-${width}`;
      await page.goto(address + path, { waitUntil: "networkidle" });
      await page.evaluate(axe);
      const { violations } = await page.evaluate(() => axe.run());
      for (const it of violations) wrong.push(`${which}: ${it.id}: ${it.nodes.map((node) => node.html).slice(0, 2).join(" ")}`);
      if (name === "overview" || name === "deadline") {
        const clock = page.locator(".clock").first();
        const before = await clock.textContent();
        await page.waitForFunction((text) => document.querySelector(".clock").textContent !== text, before);
      }
      expect(await page.evaluate(() => window.shifts) === 0, `${which}: something moved after it was there`);
      expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${which}: wider than the screen`);
      const wide = await page.evaluate(() =>
        [...document.querySelectorAll(".left")].filter((it) => it.scrollWidth > it.clientWidth).length);
      expect(wide === 0, `${which}: ${wide} countdowns run into their neighbours`);
      const small = await page.evaluate(() =>
        [...document.querySelectorAll("button, select, input, nav a, .filed a, .ways a")]
          .filter((it) => it.getBoundingClientRect().height < 43.5).map((it) => it.outerHTML.slice(0, 80)));
      for (const it of small) wrong.push(`${which}: less than 44 px high: ${it}`);
      if (folder && KEPT.includes(which)) {
        const height = await page.evaluate(() => document.documentElement.scrollHeight);
        await page.screenshot({ path: `${folder}/${which}.png`, fullPage: true, clip: { x: 0, y: 0, width, height: Math.min(height, 1800) } });
      }
    }
    await page.context().close();
  }
}

// Travel in time and filters, by the keyboard alone.
{
  const page = await open({ viewport: { width: 1280, height: 900 } });
  await page.goto(address + "/");
  await page.keyboard.press("Tab");
  expect(await page.evaluate(() => document.activeElement.className) === "skip", "the first stop is not the skip link");
  await page.keyboard.press("Enter");
  expect(await page.evaluate(() => document.activeElement.id) === "main", "the skip link does not lead to the content");
  const rows = await page.locator(".row").count();
  await page.locator("select[name=topic]").focus();
  await page.keyboard.type("shipping");
  await page.keyboard.press("Tab");
  await page.locator("input[name=as_of]").fill("2026-10-09");
  await page.locator("button[type=submit]").focus();
  await page.keyboard.press("Enter");
  await page.waitForURL(/as_of=2026-10-09/);
  expect(page.url().includes("topic=shipping"), `the filter is lost: ${page.url()}`);
  const fewer = await page.locator(".row").count();
  expect(fewer > 0 && fewer < rows, `${fewer} of ${rows} rows pass the filter`);
  expect(await page.locator(".back").isVisible(), "nothing says that this is the past");
  const link = page.locator(".row h3 a").first();
  await link.focus();
  await page.keyboard.press("Enter");
  await page.waitForURL(/deadlines\/.*as_of=2026-10-09/);
  await page.locator(".back a").focus();
  await page.keyboard.press("Enter");
  await page.waitForURL((url) => !url.search.includes("as_of"));
  await page.context().close();
}

// Without script everything is said, by UTC.
{
  const page = await open({ javaScriptEnabled: false, viewport: { width: 390, height: 900 } });
  await page.goto(address + "/deadlines/tariff-truce");
  expect((await page.locator(".reader").first().textContent()).includes("UTC"), "no time without script");
  expect((await page.locator(".days").first().textContent()).match(/days (left|past)/), "no days without script");
  await page.locator("input[name=as_of]").fill("2025-06-01");
  await page.locator("button[type=submit]").press("Enter");
  await page.waitForURL(/as_of/, { timeout: 10_000 }).catch(() => {});
  expect(page.url().includes("as_of=2025-06-01"), "no travel in time without script");
  await page.context().close();
}

await browser.close();
for (const it of wrong) console.log(it);
process.exit(wrong.length > 0 ? 1 : 0);
