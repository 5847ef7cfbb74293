/** The tensors that buffers hold and that accesses are counted for, under the field's names. */
export const tensors = ['ifmap', 'weight', 'index', 'psum', 'ofmap'] as const;
export type Tensor = (typeof tensors)[number];
