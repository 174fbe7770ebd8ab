// Everything works without this file. It adds: "/" focuses the scan box, and a scan is answered with a sound,
// a spoken word and then the page, instead of the page alone.
"use strict";

const TONES = {found: [880, 1320], several: [660, 660], unknown: [220, 180]};
const TONE_SECONDS = 0.07;

function play(result) {
  if (!window.AudioContext) return 0;
  const audio = new AudioContext();
  (TONES[result] || TONES.unknown).forEach((hertz, index) => {
    const tone = audio.createOscillator();
    const volume = audio.createGain();
    const start = audio.currentTime + index * TONE_SECONDS;
    volume.gain.value = 0.08;
    tone.frequency.value = hertz;
    tone.connect(volume).connect(audio.destination);
    tone.start(start);
    tone.stop(start + TONE_SECONDS);
  });
  return 2 * TONE_SECONDS * 1000;
}

async function scan(form) {
  const address = new URL(form.action);
  address.searchParams.set("q", form.elements.q.value);
  const answer = await fetch(address, {headers: {Accept: "application/json"}, credentials: "same-origin"});
  if (!answer.ok || !(answer.headers.get("Content-Type") || "").includes("json")) throw new Error("no scan answer");
  const found = await answer.json();
  const status = document.getElementById("scan-status");
  status.textContent = found.words;
  const wait = play(found.result);
  setTimeout(() => window.location.assign(found.url), wait);
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("form.scan") || !form.elements.q.value.trim()) return;
  event.preventDefault();
  scan(form).catch(() => form.submit());
});

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, textarea, select, [contenteditable]");
  if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
    const box = document.querySelector("form.scan input[name=q]");
    if (box) {
      event.preventDefault();
      box.focus();
      box.select();
    }
  }
  if (event.key === "Escape") document.querySelectorAll("details.menu[open]").forEach((menu) => {
    menu.open = false;
    menu.querySelector("summary").focus();
  });
});

document.addEventListener("click", (event) => {
  document.querySelectorAll("details.menu[open]").forEach((menu) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
});
