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

// `value` with at most `decimals` of them, in powers of ten where it is very large or small.
function format(value, decimals = 4) {
  if (Number.isNaN(value)) return "undefined";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  const size = Math.abs(value);
  if (size !== 0 && (size >= 1e6 || size < 10 ** -decimals)) {
    const [mantissa, exponent] = value.toExponential(3).split("e");
    return `${signed(String(Number(mantissa)))}×10${superscript(Number(exponent))}`;
  }
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

function ticksOf(low, high, step) {
  const [first, last] = [Math.ceil(low / step - 1e-9), Math.floor(high / step + 1e-9)];
  const largest = Math.max(Math.abs(first), Math.abs(last)) * step;
  const exponent = Math.floor(Math.log10(largest) + 1e-9);
  const scientific = largest >= 1e5 || largest < 1e-3;
  const decimals = scientific ? Math.max(0, exponent - Math.floor(Math.log10(step) + 1e-9)) : decimalsOf(step);
  const text = (value) => {
    if (value === 0) return "0";
    if (!scientific) return signed(value.toFixed(decimals));
    return `${signed((value / 10 ** exponent).toFixed(decimals))}×10${superscript(exponent)}`;
  };
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => (first + i) * step).map((value) => ({
    value,
    text: text(value),
  }));
}
