() => {
  const found = [], shown = (box) => box.width > 0 && box.height > 0;
  const words = (element) => element.textContent.trim().replace(/\s+/g, " ").slice(0, 50);
  const wider = document.documentElement.scrollWidth - document.documentElement.clientWidth;
  if (wider > 0) found.push(`${wider} pixels to scroll sideways`);
  for (const one of document.querySelectorAll("h1, h2, h3, h4, th, caption, figcaption, summary, dt")) {
    if (!words(one)) found.push(`an empty ${one.tagName}`);
  }
  for (const one of document.querySelectorAll("body *")) {
    if (one.closest("svg, pre") || getComputedStyle(one).clipPath !== "none") continue;
    const hides = ["hidden", "clip"].includes(getComputedStyle(one).overflowX);
    if (hides && one.scrollWidth > one.clientWidth + 1) found.push(`text that is cut: ${words(one)}`);
  }
  if (matchMedia("print").matches) {
    for (const one of document.querySelectorAll("table, svg, pre, dl")) {
      const beyond = one.getBoundingClientRect().right - document.documentElement.clientWidth;
      if (beyond > 1) found.push(`cut at the edge of the paper: ${words(one)}`);
    }
  }
  for (const picture of document.querySelectorAll("svg")) {
    const frame = picture.getBoundingClientRect();
    const texts = [...picture.querySelectorAll("text")].filter(words).map((one) => [one, one.getBoundingClientRect()]);
    const seen = shown(frame) ? texts.filter(([, box]) => shown(box)) : [];
    for (const [one, box] of seen) {
      const out = Math.max(frame.left - box.left, box.right - frame.right, frame.top - box.top, box.bottom - frame.bottom);
      if (out > 2) found.push(`text that leaves its picture: ${words(one)}`);
    }
    seen.forEach(([one, a], i) => seen.slice(i + 1).forEach(([other, b]) => {
      const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      // Boxes are taller than letters.
      if (across > 2 && down > 0.35 * Math.min(a.height, b.height)) found.push(`text over text: ${words(one)}, ${words(other)}`);
    }));
  }
  return found;
}
