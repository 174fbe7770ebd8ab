// A keyboard-wedge scanner types a code faster than people do and ends with Enter or Tab, whatever has the focus. Without
// this file that Enter presses the focused button. With it a scan goes to the scan box and presses nothing.
//
// Fields: data-scan="find" (a search) takes a scan as it comes; data-scan="fill" keeps what is scanned, without its Enter.
// A password stays where it is typed: a program that types it as fast as a scanner must not show it in the scan box.
// In a form.deliberate Enter presses nothing at all, however slowly it comes: the mouse, a finger or Space do.
// Elsewhere no Enter or Space presses anything right behind a key that people do not press on a button: a character, a
// function key, a key without a name. People come there by Tab, an arrow or the mouse.
"use strict";

// Between two keys of one scan. Who writes in a field needs longer than a scanner; elsewhere nobody writes at all.
const LONGEST_GAP_MS = {writing: 60, elsewhere: 500};
const SHORTEST_SCAN = 4;
// Keys that go with a character, or are half of one; scanners in another layout than the computer's send them in a scan.
const PART_OF_TYPING = new Set(["Shift", "CapsLock", "NumLock", "AltGraph", "Control", "Alt", "Dead", "Unidentified", "Process"]);
const MODIFIERS = new Set(["Shift", "CapsLock", "NumLock", "AltGraph", "Control", "Alt", "Meta"]);
const MOVES = new Set(["Tab", "Enter", " ", "Escape", "ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight", "Home", "End", "PageUp", "PageDown"]);
const PRESSED_BY_SPACE = "button, summary, input[type=checkbox], input[type=radio], input[type=submit]";

let typed = "";
let lastAt = -Infinity;
let strangeAt = -Infinity;  // when a key came that nobody presses on a button
let alt = null;  // a character that a scanner in ALT mode sends as a number, on the number pad with Alt held down
let before = null;  // the field that had the focus when the burst began, and what stood in it
let scanned = false;  // the last key was the Enter of a scan: some scanners send another one behind it
let press = null;  // what Space will press, unless more characters follow: a scan may begin with a space
let leaving = false;  // a scan was sent on: until its page comes, no Enter presses anything here, however late
const swallowed = new Set();

function editable(element) {
  return element instanceof HTMLElement && element.matches("input:not([type=checkbox], [type=radio], [type=submit], [type=file]), textarea, select");
}

function takesScans(element) {
  const form = element.form;
  return element.dataset.scan === "find" || (editable(element) && form && form.method === "get");
}

function longestGap(element) {
  return editable(element) ? LONGEST_GAP_MS.writing : LONGEST_GAP_MS.elsewhere;
}

function swallow(event) {
  event.preventDefault();
  event.stopImmediatePropagation();
  swallowed.add(event.key);
}

function restore() {
  if (before) before.element.value = before.value;
}

function send(code, act) {
  const form = document.querySelector("form.scan");
  form.elements.q.value = code;
  leaving = act;
  if (act) form.requestSubmit();
  else form.elements.q.focus();
}

function begin(event) {
  const element = event.target;
  typed = "";
  before = editable(element) ? {element, value: element.value} : null;
}

function finish(event) {
  swallow(event);
  deliver(event.target);
}

function deliver(element) {
  const code = typed;
  typed = "";
  if (element.dataset.scan === "fill" || element.type === "password") return;
  const writing = editable(element);
  restore();
  // Who was writing finds the code in the scan box, and loses nothing of what stands in the form.
  send(code, !writing);
}

function isStrange(event) {
  return event.timeStamp - strangeAt <= LONGEST_GAP_MS.elsewhere && !editable(event.target);
}

function pressed(event, isScan, again) {
  const element = event.target;
  const isOurs = document.querySelector("form.scan") !== null && !takesScans(element);
  scanned = isOurs && (isScan || again);
  if (isOurs && again) swallow(event);
  else if (isOurs && isScan) finish(event);
  else if (isStrange(event) || (leaving && !editable(element))) swallow(event);
  else if (element.closest("form.deliberate") && !element.matches("textarea, a[href], summary")) swallow(event);
}

// Only a scan's Tab; where somebody writes text, Tab goes to the next field and leaves what stands there. Some scanners
// send an Enter behind it, which is the scan's too.
function tabbed(event, gap) {
  const element = event.target;
  const written = editable(element) && !element.matches("select");
  const length = typed.trim().length;
  if (document.querySelector("form.scan") === null || written || length === 0) return;
  if (length >= SHORTEST_SCAN) finish(event);
  else if (gap <= LONGEST_GAP_MS.writing) swallow(event);
  else return;
  scanned = true;
}

function character(event, key, quick) {
  const element = event.target;
  const within = quick && typed.trim().length > 0;
  if (!within) begin(event);
  typed += key;
  // Within a burst no key presses or opens anything either: not Space on a button, not "/" for the scan box.
  if (event.type !== "keydown") return;
  if (within && !editable(element)) swallow(event);
  else if (key === " " && element.matches(PRESSED_BY_SPACE)) {
    if (isStrange(event)) swallow(event);
    else pressSoon(event);
  }
}

function altDigit(event) {
  if (!event.altKey || event.ctrlKey || event.metaKey || !/^Numpad\d$/.test(event.code)) return false;
  const quick = event.timeStamp - lastAt <= longestGap(event.target);
  alt ??= {digits: "", quick};
  alt.digits += event.code.at(-1);
  lastAt = event.timeStamp;
  return true;
}

function altReleased(event) {
  const {digits, quick} = alt;
  const code = Number(digits);
  alt = null;
  lastAt = event.timeStamp;
  if (code >= 32 && code < 127) character(event, String.fromCharCode(code), quick);
  else if ((code === 13 || code === 9) && typed.trim().length >= SHORTEST_SCAN && !takesScans(event.target)) deliver(event.target);
}

function pressSoon(event) {
  const element = event.target;
  swallow(event);
  if (event.repeat) return;
  press = {element, timer: setTimeout(() => { press = null; element.click(); }, LONGEST_GAP_MS.writing)};
}

function settlePress(event) {
  if (!press) return;
  const element = press.element;
  clearTimeout(press.timer);
  press = null;
  // Characters mean that the space was a scan's; who is quick to Tab on has pressed.
  if (event.key.length !== 1 && event.key !== "Enter") element.click();
}

function isShortcut(event) {
  return (event.ctrlKey || event.altKey || event.metaKey) && !event.getModifierState("AltGraph");
}

// Characters in a field are writing. Who has written presses a button by way of Tab or the mouse.
function noteStrange(event) {
  if (MODIFIERS.has(event.key)) return;
  if (editable(event.target)) strangeAt = -Infinity;
  else if (!MOVES.has(event.key)) strangeAt = event.timeStamp;
  else if (event.key !== "Enter" && event.key !== " ") strangeAt = -Infinity;
}

document.addEventListener("keydown", (event) => {
  const element = event.target;
  if (!(element instanceof HTMLElement)) return;
  noteStrange(event);
  if (altDigit(event) || PART_OF_TYPING.has(event.key)) return;
  settlePress(event);
  if (isShortcut(event) || event.isComposing) return;
  const gap = event.timeStamp - lastAt;
  const quick = gap <= longestGap(element) && !event.repeat;
  const again = quick && scanned;
  lastAt = event.timeStamp;
  scanned = false;
  if (event.key === "Enter") {
    pressed(event, quick && typed.length >= SHORTEST_SCAN, again);
    typed = "";
  } else if (event.key.length === 1) {
    character(event, event.key, quick);
  } else {
    if (event.key === "Tab" && quick) tabbed(event, gap);
    typed = "";
  }
}, true);

document.addEventListener("keyup", (event) => {
  if (event.key === "Alt" && alt && event.target instanceof HTMLElement) altReleased(event);
  if (!swallowed.delete(event.key)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
}, true);

// A click by keyboard (detail 0) on a button right after a burst is the scanner's.
document.addEventListener("click", (event) => {
  const quick = event.timeStamp - strangeAt <= LONGEST_GAP_MS.writing;
  if (event.detail === 0 && event.isTrusted && quick && !editable(event.target)) {
    event.preventDefault();
    event.stopImmediatePropagation();
  }
}, true);

// A page that the browser's Back button brings again is not leaving.
window.addEventListener("pageshow", () => { leaving = false; });
