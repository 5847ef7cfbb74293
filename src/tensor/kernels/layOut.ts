const alignment = 16;

/** Byte offsets of parts that lie one after the other, each on a multiple of 16, and the end of the last. */
export function layOut<Name extends string>(
  bytes: Readonly<Record<Name, number>>,
): Readonly<Record<Name | 'end', number>> {
  const offsets: Record<string, number> = {};
  let end = 0;
  for (const name in bytes) {
    offsets[name] = end;
    end = Math.ceil((end + bytes[name]) / alignment) * alignment;
  }
  return { ...offsets, end } as Record<Name | 'end', number>;
}
