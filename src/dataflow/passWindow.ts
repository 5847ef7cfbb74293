/** How the output positions of a pass look at the ifmap tile that lies in its buffer. */
export interface PassWindow {
  /** Images whose outputs the pass computes; their ifmap tiles lie one after the other. */
  readonly images: number;
  /** Output rows and columns of one image. */
  readonly rows: number;
  readonly columns: number;
  readonly kernelHeight: number;
  readonly kernelWidth: number;
  readonly stride: readonly [number, number];
  readonly dilation: readonly [number, number];
}

/** Output positions of the pass, in order image, row, column. */
export function positionsOf({ images, rows, columns }: PassWindow): number {
  return images * rows * columns;
}

/** Height and width of the ifmap tile of one channel, padding included. */
export function patchOf(window: PassWindow): { readonly height: number; readonly width: number } {
  const { rows, columns, kernelHeight, kernelWidth, stride, dilation } = window;
  return {
    height: (rows - 1) * stride[0] + (kernelHeight - 1) * dilation[0] + 1,
    width: (columns - 1) * stride[1] + (kernelWidth - 1) * dilation[1] + 1,
  };
}
