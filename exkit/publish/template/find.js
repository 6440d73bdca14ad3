"use strict";
const [named, within, spoken] = ["find-name", "find-sector", "find-language"].map((id) => document.getElementById(id));
const counted = document.getElementById("find-count");
const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
const entries = [...document.querySelectorAll("[data-sector]")].map((row) => ({
  row, name: plain(row.firstElementChild.textContent), sector: row.dataset.sector, links: [...row.querySelectorAll("a[lang]")],
}));
const find = () => {
  const words = plain(named.value).split(/\s+/).filter(Boolean);
  let shown = 0;
  for (const { row, name, sector, links } of entries) {
    for (const link of links) link.hidden = spoken.value !== "" && link.lang !== spoken.value;
    const fits = words.every((word) => name.includes(word)) && (within.value === "" || sector === within.value);
    row.hidden = !fits || links.every((link) => link.hidden);
    shown += row.hidden ? 0 : 1;
  }
  for (const section of document.querySelectorAll(".found")) {
    section.hidden = !section.querySelector("li:not([hidden])");
  }
  counted.textContent = counted.dataset.words.replace("{n}", shown);
};
for (const one of [named, within, spoken]) one.addEventListener("input", find);
document.querySelector(".find").hidden = false;
find();
