/** What is used of WebAssembly, of which the ES library has no types. */
interface WebAssemblyParts {
  readonly Memory: new (limits: {
    readonly initial: number;
    readonly maximum: number;
    readonly shared: true;
  }) => SharedWasmMemory;
  readonly Module: new (bytes: Uint8Array) => WasmModule;
  readonly Instance: new (
    module: WasmModule,
    imports: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
  ) => { readonly exports: object };
}

/** Memory that grows in place: views of it stay what they are. */
export interface SharedWasmMemory {
  readonly buffer: SharedArrayBuffer;
  grow(pages: number): number;
}

/** Compiled code, not yet bound to a memory; may be sent to other threads. */
export type WasmModule = object;

export const { Memory, Module, Instance } = (
  globalThis as typeof globalThis & { readonly WebAssembly: WebAssemblyParts }
).WebAssembly;
