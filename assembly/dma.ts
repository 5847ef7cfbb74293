/** Copies runs of bytes, `images` x `outers` x `inners` of them at their pitches, to one place, one after another. */
export function gatherRuns(
  from: usize,
  images: u32,
  imagePitch: u32,
  outers: u32,
  outerPitch: u32,
  inners: u32,
  innerPitch: u32,
  runBytes: u32,
  to: usize,
): void {
  for (let image: u32 = 0; image < images; image++) {
    let outerFrom = from;
    for (let outer: u32 = 0; outer < outers; outer++) {
      let run = outerFrom;
      for (let inner: u32 = 0; inner < inners; inner++) {
        copy(to, run, runBytes);
        to += runBytes;
        run += innerPitch;
      }
      outerFrom += outerPitch;
    }
    from += imagePitch;
  }
}

/** The way back: bytes that lie one after another, to runs. */
export function scatterRuns(
  from: usize,
  to: usize,
  images: u32,
  imagePitch: u32,
  outers: u32,
  outerPitch: u32,
  inners: u32,
  innerPitch: u32,
  runBytes: u32,
): void {
  for (let image: u32 = 0; image < images; image++) {
    let outerTo = to;
    for (let outer: u32 = 0; outer < outers; outer++) {
      let run = outerTo;
      for (let inner: u32 = 0; inner < inners; inner++) {
        copy(run, from, runBytes);
        from += runBytes;
        run += innerPitch;
      }
      outerTo += outerPitch;
    }
    to += imagePitch;
  }
}

/**
 * Copies the rows of a box of maps into a buffer where zeros lie around them. `from` is the first element of the box, pitches are those of
 * the maps; `height` and `width` (bytes) are of the buffer's patch.
 */
export function loadPatch(
  from: usize,
  images: u32,
  imagePitch: u32,
  channels: u32,
  channelPitch: u32,
  rows: u32,
  rowPitch: u32,
  rowBytes: u32,
  to: usize,
  height: u32,
  width: u32,
  padTop: u32,
  padLeft: u32,
): void {
  const top = padTop * width;
  const below = (height - padTop - rows) * width;
  const right = width - padLeft - rowBytes;
  for (let image: u32 = 0; image < images; image++) {
    let channelFrom = from;
    for (let channel: u32 = 0; channel < channels; channel++) {
      if (top > 0) memory.fill(to, 0, top);
      to += top;
      let run = channelFrom;
      for (let row: u32 = 0; row < rows; row++) {
        clear(to, padLeft);
        to += padLeft;
        copy(to, run, rowBytes);
        to += rowBytes;
        clear(to, right);
        to += right;
        run += rowPitch;
      }
      if (below > 0) memory.fill(to, 0, below);
      to += below;
      channelFrom += channelPitch;
    }
    from += imagePitch;
  }
}

@inline
function clear(at: usize, bytes: u32): void {
  for (let byte: u32 = 0; byte < bytes; byte++) store<u8>(at + byte, 0);
}

/** Rows are often too short for a call. */
@inline
function copy(to: usize, from: usize, bytes: u32): void {
  if (bytes > 512) {
    memory.copy(to, from, bytes);
    return;
  }
  for (; bytes >= 16; bytes -= 16) {
    v128.store(to, v128.load(from));
    to += 16;
    from += 16;
  }
  if (bytes & 8) {
    store<u64>(to, load<u64>(from));
    to += 8;
    from += 8;
  }
  if (bytes & 4) {
    store<u32>(to, load<u32>(from));
    to += 4;
    from += 4;
  }
  if (bytes & 2) {
    store<u16>(to, load<u16>(from));
    to += 2;
    from += 2;
  }
  if (bytes & 1) store<u8>(to, load<u8>(from));
}
