/**
 * In-place inverse discrete Fourier transform of a square image, unscaled:
 * x[r][c] = sum over u, v of X[u][v] exp(2 pi i (u r + v c) / size).
 *
 * @param size a power of two; both arrays hold size * size values, row-major
 */
export function inverseTransform2d(real: Float64Array, imaginary: Float64Array, size: number): void {
  for (let line = 0; line < size; line++) transformLine(real, imaginary, line * size, 1, size);
  for (let line = 0; line < size; line++) transformLine(real, imaginary, line, size, size);
}

/** Radix-2 decimation in time (Cooley and Tukey 1965) of the elements begin, begin + step, ... */
function transformLine(
  real: Float64Array,
  imaginary: Float64Array,
  begin: number,
  step: number,
  size: number,
): void {
  for (let i = 1, j = 0; i < size; i++) {
    let bit = size >> 1;
    for (; (j & bit) !== 0; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) {
      swap(real, begin + i * step, begin + j * step);
      swap(imaginary, begin + i * step, begin + j * step);
    }
  }
  for (let half = 1; half < size; half *= 2) {
    for (let k = 0; k < half; k++) {
      const cosine = Math.cos((Math.PI * k) / half);
      const sine = Math.sin((Math.PI * k) / half);
      for (let i = k; i < size; i += 2 * half) {
        const a = begin + i * step;
        const b = begin + (i + half) * step;
        const re = real[b] * cosine - imaginary[b] * sine;
        const im = real[b] * sine + imaginary[b] * cosine;
        real[b] = real[a] - re;
        imaginary[b] = imaginary[a] - im;
        real[a] += re;
        imaginary[a] += im;
      }
    }
  }
}

function swap(values: Float64Array, i: number, j: number): void {
  const value = values[i];
  values[i] = values[j];
  values[j] = value;
}
