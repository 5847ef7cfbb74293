import { isMap, isScalar, Lexer, Parser, visit } from 'yaml';
import type { Document, Node } from 'yaml';
import { quote } from './describeValue.js';

/** Each alias is searched for from the top of the document, so many of them would take long. */
const mostAliases = 1000;

/** Lists and mappings in one another; real files have fewer than ten. */
const deepestNesting = 100;

/** What is wrong with a document that is well-formed otherwise, and at which offset. */
export interface YamlFault {
  readonly message: string;
  readonly offset: number;
}

/**
 * Where a text nests too deeply, before it is composed into a document: that recurses, and V8 may abort the whole
 * process instead of throwing when it has to compile a regular expression on what is left of the stack.
 */
export function findDeepNesting(text: string): number | undefined {
  const parser = new Parser();
  for (const lexeme of new Lexer().lex(text)) {
    for (const token of parser.next(lexeme)) void token;
    if (parser.stack.length > deepestNesting) return parser.offset;
  }
  return undefined;
}

/**
 * Finds the first repeated or reserved key, alias without an anchor or superfluous alias. The parser looks for repeated keys, too,
 * but compares each with every other one: a file of 300,000 keys would take it hours.
 */
export function findYamlFault(document: Document.Parsed): YamlFault | undefined {
  const anchors = new Set<string>();
  let aliases = 0;
  let fault: YamlFault | undefined;
  visit(document, {
    Alias: (_, alias) => {
      aliases++;
      if (!anchors.has(alias.source)) {
        fault = {
          message: `alias ${quote(`*${alias.source}`)} has no anchor before it`,
          offset: startOf(alias),
        };
      } else if (aliases > mostAliases) {
        fault = { message: `expected at most ${mostAliases} aliases, got more`, offset: startOf(alias) };
      }
      return fault === undefined ? undefined : visit.BREAK;
    },
    Value: (_, node) => {
      if (node.anchor !== undefined) anchors.add(node.anchor);
      if (isMap(node)) fault = faultyKey(node.items.map(({ key }) => key));
      return fault === undefined ? undefined : visit.BREAK;
    },
  });
  return fault;
}

function faultyKey(keys: readonly unknown[]): YamlFault | undefined {
  const seen = new Set<string>();
  for (const key of keys) {
    if (!isScalar(key)) continue;
    const name = String(key.value);
    // A plain object cannot hold it, and schemas pass over it in silence.
    if (name === '__proto__')
      return { message: `expected another key than ${quote(name)}`, offset: startOf(key) };
    if (seen.has(name))
      return { message: `expected each key once, got ${quote(name)} again`, offset: startOf(key) };
    seen.add(name);
  }
  return undefined;
}

function startOf(node: Pick<Node, 'range'>): number {
  return node.range?.[0] ?? 0;
}
