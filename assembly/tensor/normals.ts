/** State of the generator sfc32, as `src/tensor/random.ts` defines it. */
@unmanaged
class RandomState {
  a: u32;
  b: u32;
  c: u32;
  counter: u32;
}

/** Four normal numbers of which at least one may round to another float32 than the definition's: the words that they come of. */
@unmanaged
class Doubtful {
  /** Of the first of the four. */
  index: u32;
  radius0: u32;
  angle0: u32;
  radius1: u32;
  angle1: u32;
}

/**
 * Relative error that a number is allowed here before it is rounded to float32, a hundred times what it has. Where an error of this size
 * could change the float32, in one number of 30,000, the caller works out what the definition says.
 */
const margin: f64 = 1.0 / 1_099_511_627_776.0; // 2^-40

/**
 * Below this angles and radii were so near to where a factor is zero that its relative error is unknown; only radii of 0 and angles of a
 * multiple of pi / 2 come to less.
 */
const leastNormal: f64 = 1.0 / 562_949_953_421_312.0; // 2^-49

/**
 * Draws `count` normal numbers times `scale`, rounded to float32; `count` is a multiple of four. What they are is defined by
 * `Random.normal`.
 *
 * @returns how many `Doubtful` were written
 */
export function drawNormals(
  state: RandomState,
  scale: f64,
  count: u32,
  out: usize,
  doubtful: Doubtful,
): u32 {
  const scales = f64x2.splat(scale);
  const less = f64x2.splat(1 - margin);
  const more = f64x2.splat(1 + margin);
  const least = f64x2.splat(leastNormal * scale);
  let doubts: u32 = 0;
  for (let index: u32 = 0; index < count; index += 4) {
    const radius0 = nextWord(state);
    const angle0 = nextWord(state);
    const radius1 = nextWord(state);
    const angle1 = nextWord(state);
    const radius = radiusOf(i32x4(radius0, radius1, 0, 0));
    const angle = f64x2.mul(f64x2.splat(2 * Math.PI), fractionOf(i32x4(angle0, angle1, 0, 0)));
    const quarter = f64x2.nearest(f64x2.mul(angle, f64x2.splat(2 / Math.PI)));
    const rest = f64x2.sub(
      f64x2.sub(angle, f64x2.mul(quarter, f64x2.splat(halfPiHigh))),
      f64x2.mul(quarter, f64x2.splat(halfPiLow)),
    );
    const square = f64x2.mul(rest, rest);
    const sine = f64x2.mul(rest, sineRatio(square));
    const cosine = cosineOf(square);
    // Whole numbers become integers in the low bits of doubles of 2^52.
    const quarters = f64x2.add(quarter, f64x2.splat(4_503_599_627_370_496.0));
    const isOdd = i64x2.neg(v128.and(quarters, i64x2.splat(1)));
    const sineSign = i64x2.shl(v128.and(quarters, i64x2.splat(2)), 62);
    const cosineSign = i64x2.shl(v128.and(i64x2.add(quarters, i64x2.splat(1)), i64x2.splat(2)), 62);
    const scaled = f64x2.mul(radius, scales);
    const first = f64x2.mul(scaled, v128.xor(v128.bitselect(sine, cosine, isOdd), cosineSign));
    const second = f64x2.mul(scaled, v128.xor(v128.bitselect(cosine, sine, isOdd), sineSign));

    const firstFloats = f32x4.demote_f64x2_zero(first);
    const secondFloats = f32x4.demote_f64x2_zero(second);
    v128.store(out + (<usize>index << 2), v128.shuffle<f32>(firstFloats, secondFloats, 0, 4, 1, 5));
    const isUncertain = v128.or(
      f32x4.ne(
        f32x4.demote_f64x2_zero(f64x2.mul(first, less)),
        f32x4.demote_f64x2_zero(f64x2.mul(first, more)),
      ),
      f32x4.ne(
        f32x4.demote_f64x2_zero(f64x2.mul(second, less)),
        f32x4.demote_f64x2_zero(f64x2.mul(second, more)),
      ),
    );
    const isTiny = f64x2.lt(f64x2.min(f64x2.abs(first), f64x2.abs(second)), least);
    if (v128.any_true(v128.or(isUncertain, isTiny))) {
      doubtful.index = index;
      doubtful.radius0 = radius0;
      doubtful.angle0 = angle0;
      doubtful.radius1 = radius1;
      doubtful.angle1 = angle1;
      doubtful = changetype<Doubtful>(changetype<usize>(doubtful) + offsetof<Doubtful>());
      doubts++;
    }
  }
  return doubts;
}

@inline
function nextWord(state: RandomState): u32 {
  const b = state.b;
  const c = state.c;
  const result = state.a + b + state.counter;
  state.counter += 1;
  state.a = b ^ (b >> 9);
  state.b = c + (c << 3);
  state.c = rotl<u32>(c, 21) + result;
  return result;
}

/** Words as multiples of 2^-32, exactly. */
@inline
function fractionOf(words: v128): v128 {
  return f64x2.mul(f64x2.convert_low_i32x4_u(words), f64x2.splat(1.0 / 4_294_967_296.0));
}

/** sqrt(-2 * log(1 - word / 2^32)) */
@inline
function radiusOf(words: v128): v128 {
  const uniform = f64x2.sub(f64x2.splat(1), fractionOf(words));
  return f64x2.sqrt(f64x2.mul(f64x2.splat(-2), logarithm(uniform)));
}

/**
 * Of x = m * 2^e with m in [sqrt(1/2), sqrt(2)): e * ln(2) + 2 * artanh((m - 1) / (m + 1)), the series of artanh up to the 17th power, which
 * leaves off less than 2^-50 of it.
 */
@inline
function logarithm(x: v128): v128 {
  // The upper halves of doubles, sqrt(1/2) brought to where exponents change.
  const upper = v128.shuffle<i32>(i32x4.sub(x, i32x4.splat(0x3fe6a09e)), i32x4.splat(0), 1, 3, 4, 5);
  const exponent = i32x4.shr_s(upper, 20);
  const mantissa = i64x2.sub(x, i64x2.shl(i64x2.extend_low_i32x4_s(exponent), 52));
  const ratio = f64x2.div(f64x2.sub(mantissa, f64x2.splat(1)), f64x2.add(mantissa, f64x2.splat(1)));
  const z = f64x2.mul(ratio, ratio);
  let sum = f64x2.splat(2.0 / 17);
  sum = f64x2.add(f64x2.mul(sum, z), f64x2.splat(2.0 / 15));
  sum = f64x2.add(f64x2.mul(sum, z), f64x2.splat(2.0 / 13));
  sum = f64x2.add(f64x2.mul(sum, z), f64x2.splat(2.0 / 11));
  sum = f64x2.add(f64x2.mul(sum, z), f64x2.splat(2.0 / 9));
  sum = f64x2.add(f64x2.mul(sum, z), f64x2.splat(2.0 / 7));
  sum = f64x2.add(f64x2.mul(sum, z), f64x2.splat(2.0 / 5));
  sum = f64x2.add(f64x2.mul(sum, z), f64x2.splat(2.0 / 3));
  sum = f64x2.add(f64x2.mul(sum, z), f64x2.splat(2));
  const whole = f64x2.mul(f64x2.convert_low_i32x4_s(exponent), f64x2.splat(Math.LN2));
  return f64x2.add(whole, f64x2.mul(ratio, sum));
}

/** pi / 2 in 33 bits, so that small multiples are exact, and what is left of it. */
const halfPiHigh: f64 = 6_746_518_852.0 / 4_294_967_296.0;
const halfPiLow: f64 = 6.077_100_506_506_192e-11;

/** sin(x) / x of |x| up to pi / 4 by x squared: its series up to x^15, which leaves off less than 2^-53. */
@inline
function sineRatio(square: v128): v128 {
  let sum = f64x2.splat(-1.0 / 1_307_674_368_000);
  sum = f64x2.add(f64x2.mul(sum, square), f64x2.splat(1.0 / 6_227_020_800));
  sum = f64x2.sub(f64x2.mul(sum, square), f64x2.splat(1.0 / 39_916_800));
  sum = f64x2.add(f64x2.mul(sum, square), f64x2.splat(1.0 / 362_880));
  sum = f64x2.sub(f64x2.mul(sum, square), f64x2.splat(1.0 / 5_040));
  sum = f64x2.add(f64x2.mul(sum, square), f64x2.splat(1.0 / 120));
  sum = f64x2.sub(f64x2.mul(sum, square), f64x2.splat(1.0 / 6));
  return f64x2.add(f64x2.mul(sum, square), f64x2.splat(1));
}

/** cos(x) alike, up to x^14, which leaves off less than 2^-49. */
@inline
function cosineOf(square: v128): v128 {
  let sum = f64x2.splat(-1.0 / 87_178_291_200);
  sum = f64x2.add(f64x2.mul(sum, square), f64x2.splat(1.0 / 479_001_600));
  sum = f64x2.sub(f64x2.mul(sum, square), f64x2.splat(1.0 / 3_628_800));
  sum = f64x2.add(f64x2.mul(sum, square), f64x2.splat(1.0 / 40_320));
  sum = f64x2.sub(f64x2.mul(sum, square), f64x2.splat(1.0 / 720));
  sum = f64x2.add(f64x2.mul(sum, square), f64x2.splat(1.0 / 24));
  sum = f64x2.sub(f64x2.mul(sum, square), f64x2.splat(1.0 / 2));
  return f64x2.add(f64x2.mul(sum, square), f64x2.splat(1));
}
