/**
 * A tile of integer pooling, addition or ReLU of one image: of each window its largest element or its sum, then
 * round((value * multiplier + other * otherMultiplier) * scale) within `least` and `most`.
 *
 * @param ifmap (channels, patchHeight, patchWidth), padding included; elements that exist lie from row `top` on, before `bottom`, and from column
 *   `left` on, before `right`; padding never wins a maximum, and counts as zeros in a sum
 * @param ofmap (channels, rows, columns); holds the other operand of an addition before
 */
export function vectorTile(
  elementBytes: u32,
  ifmap: usize,
  channels: u32,
  patchHeight: u32,
  patchWidth: u32,
  top: u32,
  bottom: u32,
  left: u32,
  right: u32,
  kernelHeight: u32,
  kernelWidth: u32,
  strideRows: u32,
  strideColumns: u32,
  rows: u32,
  columns: u32,
  isMaximum: bool,
  hasOther: bool,
  multiplier: f64,
  otherMultiplier: f64,
  scale: f64,
  least: f64,
  most: f64,
  ofmap: usize,
): void {
  for (let channel: u32 = 0; channel < channels; channel++) {
    for (let row: u32 = 0; row < rows; row++) {
      const firstY = row * strideRows;
      const y = isMaximum ? max(firstY, top) : firstY;
      const endY = isMaximum ? min(firstY + kernelHeight, bottom) : firstY + kernelHeight;
      const line = ifmap + <usize>((channel * patchHeight + y) * patchWidth) * elementBytes;
      for (let column: u32 = 0; column < columns; column++) {
        const firstX = column * strideColumns;
        const x = isMaximum ? max(firstX, left) : firstX;
        const endX = isMaximum ? min(firstX + kernelWidth, right) : firstX + kernelWidth;
        const window = line + <usize>x * elementBytes;
        const value =
          elementBytes == 1
            ? valueOf<i8>(window, endY - y, endX - x, patchWidth, isMaximum)
            : valueOf<i16>(window, endY - y, endX - x, patchWidth, isMaximum);
        let scaled = <f64>value * multiplier;
        if (hasOther) {
          const other: f64 = elementBytes == 1 ? <f64>load<i8>(ofmap) : <f64>load<i16>(ofmap);
          scaled += other * otherMultiplier;
        }
        const result = <i32>min(max(nearest(scaled * scale), least), most);
        if (elementBytes == 1) store<i8>(ofmap, result);
        else store<i16>(ofmap, result);
        ofmap += elementBytes;
      }
    }
  }
}

@inline
function valueOf<T>(window: usize, height: u32, width: u32, patchWidth: u32, isMaximum: bool): i32 {
  let value: i32 = isMaximum ? -32768 : 0;
  for (let y: u32 = 0; y < height; y++) {
    for (let x: u32 = 0; x < width; x++) {
      const element = <i32>load<T>(window + <usize>x * sizeof<T>());
      value = isMaximum ? max(value, element) : value + element;
    }
    window += <usize>patchWidth * sizeof<T>();
  }
  return value;
}
