// Countdowns, and the reader's own time. The page says everything without it.
"use strict";
(() => {
  const two = (number) => String(number).padStart(2, "0");
  const place = Intl.DateTimeFormat().resolvedOptions().timeZone.split("/").pop().replaceAll("_", " ");
  const own = new Intl.DateTimeFormat(undefined, {
    day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit",
  });

  for (const element of document.querySelectorAll(".reader")) {
    const text = own.format(new Date(element.dataset.at));
    const over = element.dataset.over === "true" ? "over " : "";
    element.textContent = `${over}${text} (${place})`;
  }

  // A page of the past stands still.
  if (document.querySelector(".back")) return;
  const clocks = [...document.querySelectorAll(".clock")].map((element) => [element, Date.parse(element.dataset.at)]);
  const tick = () => {
    const now = Date.now();
    for (const [element, at] of clocks) {
      const left = Math.floor((at - now) / 1000);
      const days = Math.floor(left / 86400);
      const time = `${two(Math.floor(left / 3600) % 24)}:${two(Math.floor(left / 60) % 60)}:${two(left % 60)}`;
      element.textContent = left < 0 ? "reached" : days > 0 ? `${days} d ${time}` : time;
    }
    setTimeout(tick, 1000 - (Date.now() % 1000));
  };
  if (clocks.length > 0) tick();
})();
