// Numbers as a reader sees them, and the ticks of an axis.

const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";

function superscript(integer) {
  const digits = [...String(Math.abs(integer))].map((digit) => SUPERSCRIPTS[digit]).join("");
  return (integer < 0 ? "⁻" : "") + digits;
}

// A proper minus sign, and no minus before a zero.
function signed(text) {
  return /[1-9]/.test(text) ? text.replace("-", "−") : text.replace("-", "");
}

function powerOfTen(mantissa, exponent) {
  return `${signed(String(mantissa))}×10${superscript(exponent)}`;
}

// `value` with at most `decimals` of them or, where it is very large or small, with as many `digits` and a power of ten.
function format(value, decimals = 4, digits = 3) {
  if (Number.isNaN(value)) return "undefined";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  const size = Math.abs(value);
  if (size !== 0 && (size >= 1e6 || size < 1e-4)) return powerOfTen(...value.toExponential(digits).split("e").map(Number));
  return signed(String(Number(value.toFixed(decimals))));
}

// How many decimals tell apart two numbers that differ by `step`.
function decimalsOf(step) {
  return Math.min(15, Math.max(0, -Math.floor(Math.log10(step) + 1e-9)));
}

// The smallest of 1, 2, 5 times a power of ten that is at least `least`.
function niceStep(least) {
  const unit = 10 ** Math.floor(Math.log10(least));
  return unit * [1, 2, 5, 10].find((factor) => factor * unit >= least * (1 - 1e-9));
}

// `value` moved to the nearest multiple of a nice step of about `resolution`, without trailing noise.
function rounded(value, resolution) {
  const step = niceStep(resolution / 2);
  return Number((Math.round(value / step) * step).toFixed(decimalsOf(step)));
}

// Ticks at multiples of a nice step, at least `room(label)` pixels apart on an axis of `pixels`: [{value, text}].
function ticks(low, high, pixels, room) {
  const span = high - low;
  let step = niceStep((span * 30) / pixels);
  for (;;) {
    const found = ticksOf(low, high, step);
    const needed = Math.max(...found.map(({ text }) => room(text)), 0);
    if ((step / span) * pixels >= needed || found.length < 2) return found;
    step = niceStep(step * 1.5);
  }
}

// The multiples of `step`, all as decimals or, where that is shorter, all with powers of ten.
function ticksOf(low, high, step) {
  const [first, last] = [Math.ceil(low / step - 1e-9), Math.floor(high / step + 1e-9)];
  const values = Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => (first + i) * step);
  const plain = values.map((value) => (value === 0 ? "0" : signed(value.toFixed(decimalsOf(step)))));
  const powers = values.map((value) => scientific(value, step));
  const longest = (texts) => Math.max(...texts.map((text) => text.length));
  const texts = longest(powers) < longest(plain) ? powers : plain;
  return values.map((value, i) => ({ value, text: texts[i] }));
}

// A multiple of `step` as a number from 1 to 10, without zeros at its end, times a power of ten.
function scientific(value, step) {
  if (value === 0) return "0";
  const exponent = Math.floor(Math.log10(Math.abs(value)) + 1e-9);
  const digits = Math.max(0, exponent - Math.floor(Math.log10(step) + 1e-9));
  return powerOfTen(Number((value / 10 ** exponent).toFixed(digits)), exponent);
}
