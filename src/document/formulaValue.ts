import type { MathNode, Unit } from 'mathjs';
import { quote } from './describeValue.js';
import { dimensions, units } from './dimension.js';
import { mathjs } from './mathjs.js';
import { didYouMean } from './suggest.js';

/** What a formula, or a part of one, comes to. */
export type FormulaValue = number | Unit;

/** Why a formula is refused, as the end of a sentence. */
export class FormulaFault extends Error {}

const functions = ['abs', 'ceil', 'exp', 'floor', 'log10', 'log2', 'max', 'min', 'sqrt'] as const;
type FunctionName = (typeof functions)[number];

const longestFormula = 400;
/** Brackets in one another: mathjs's parser recurses some twenty calls for each. */
const deepestBrackets = 32;
const mostArguments = 8;
const largestExponent = 64;

/**
 * Evaluates arithmetic: + - * / ^, parentheses, numbers, a few functions, variables and the units of `units`.
 *
 * mathjs parses, and computes with units; which nodes, operators, functions and names a formula may use is decided
 * here, since its own evaluator can be made to take all memory or time by a formula as short as `ones(1e9)`.
 *
 * @param likelyUnits units that an unknown name may be a slip of
 * @throws FormulaFault for anything else
 */
export function evaluate(
  text: string,
  variables: Readonly<Record<string, number>>,
  likelyUnits: readonly string[] = [],
): FormulaValue {
  if (text.length > longestFormula) {
    throw new FormulaFault(`${text.length} characters are more than ${longestFormula}`);
  }
  const normalized = text
    .replace(/[\u00b5\u03bc]/g, 'u')
    .replace(/\s+/g, ' ')
    .trim();
  if (normalized === '') throw new FormulaFault('there is nothing in it');
  if (normalized.includes('#')) throw new FormulaFault('a comment has no place in it');
  if (bracketDepth(normalized) > deepestBrackets) throw new FormulaFault('it is nested too deeply');
  let node: MathNode;
  try {
    node = mathjs().parse(normalized);
  } catch (error) {
    throw new FormulaFault(error instanceof Error ? lowerFirst(error.message) : 'it is no arithmetic');
  }
  return valueOf(node, { variables, likelyUnits });
}

function bracketDepth(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (const character of text) {
    if ('([{'.includes(character)) deepest = Math.max(deepest, ++depth);
    else if (')]}'.includes(character)) depth--;
  }
  return deepest;
}

/** What names in a formula may mean. */
interface Names {
  readonly variables: Readonly<Record<string, number>>;
  readonly likelyUnits: readonly string[];
}

/** `value` as a multiple of `base`, or undefined when they are of different dimensions. */
export function ratioTo(base: string, value: FormulaValue): number | undefined {
  const ratio = real(mathjs().divide(value, evaluate(base, {})));
  // Factors such as 1e-12 are not exact in binary: 14 digits drop what they leave, and keep every integer below 1e14.
  return typeof ratio === 'number' ? Number(ratio.toPrecision(14)) : undefined;
}

/** `energy (pJ)`, `plain number`, or the units themselves for a dimension without a name. */
export function describeDimension(value: FormulaValue): string {
  if (typeof value === 'number') return 'plain number';
  for (const { noun, base } of Object.values(dimensions)) {
    if (ratioTo(base, value) !== undefined) return `${noun} (${base})`;
  }
  return `something in ${value
    .toSI()
    .toString()
    .replace(/^\S+\s+/, '')}`;
}

function valueOf(node: MathNode, names: Names): FormulaValue {
  const math = mathjs();
  if (math.isParenthesisNode(node)) return valueOf(node.content, names);
  if (math.isConstantNode(node)) {
    const value: unknown = node.value;
    if (typeof value !== 'number') throw new FormulaFault(`${quote(String(value))} is no number`);
    return value;
  }
  if (math.isSymbolNode(node)) return named(node.name, names);
  if (math.isOperatorNode(node)) return operation(node.op, node.args, names);
  if (math.isFunctionNode(node)) {
    const name = math.isSymbolNode(node.fn) ? node.fn.name : String(node.fn);
    if (!isFunction(name)) throw new FormulaFault(refusedFunction(name, names));
    if (node.args.length > mostArguments)
      throw new FormulaFault(`${name} takes at most ${mostArguments} values`);
    return call(
      name,
      node.args.map((argument) => valueOf(argument, names)),
    );
  }
  throw new FormulaFault(`${nodeWord(node.type)} has no place in it, only arithmetic has`);
}

function named(name: string, { variables, likelyUnits }: Names): FormulaValue {
  const variable = Object.hasOwn(variables, name) ? variables[name] : undefined;
  if (variable !== undefined) return variable;
  const unit = Object.hasOwn(units, name) ? units[name] : undefined;
  if (unit !== undefined) return mathjs().unit(...unit);

  const own = Object.keys(variables);
  const parts = [
    `${quote(name)} is no unit${own.length === 0 ? '' : ' or variable'} known here`,
    hints.get(name) ?? didYouMean(name, [...own, ...likelyUnits]),
    own.length === 0 ? '' : `the variables here are ${own.join(', ')}`,
  ];
  throw new FormulaFault(
    parts
      .filter((part) => part !== '')
      .join('; ')
      .replace('?;', '?'),
  );
}

/** Words that are often written and mean two things. */
const hints: ReadonlyMap<string, string> = new Map(
  Object.entries({
    KB: 'write kB for 1000 bytes or KiB for 1024',
    K: 'write kB for 1000 bytes or KiB for 1024',
    b: 'write bit or B',
    Mb: 'write Mbit or MB',
    Gb: 'write Gbit or GB',
  }),
);

function operation(operator: string, operands: readonly MathNode[], names: Names): FormulaValue {
  const math = mathjs();
  const [a, b] = operands.map((operand) => valueOf(operand, names));
  if (a !== undefined && b === undefined && operator === '-') return real(math.multiply(-1, a));
  if (a !== undefined && b === undefined && operator === '+') return a;
  if (a === undefined || b === undefined) throw refusedOperator(operator);
  switch (operator) {
    case '+':
      sameDimension(a, b);
      return real(math.add(a, b));
    case '-':
      sameDimension(a, b);
      return real(math.subtract(a, b));
    case '*':
      return real(math.multiply(a, b));
    case '/':
      return real(math.divide(a, b));
    case '^':
      if (typeof b !== 'number')
        throw new FormulaFault(`an exponent must be a plain number, not ${describeDimension(b)}`);
      if (!(Math.abs(b) <= largestExponent))
        throw new FormulaFault(`the exponent ${b} is beyond ${largestExponent}`);
      return real(math.pow(a, b));
    default:
      throw refusedOperator(operator);
  }
}

function refusedOperator(operator: string): FormulaFault {
  return new FormulaFault(`the operator ${quote(operator)} has no place in it, only + - * / ^ have`);
}

function call(name: FunctionName, values: readonly FormulaValue[]): FormulaValue {
  const math = mathjs();
  const [first, ...others] = values;
  if (first === undefined) throw new FormulaFault(`${name} needs a value`);
  if (name === 'min' || name === 'max') {
    for (const other of others) sameDimension(first, other);
    return others.reduce((best, each) => {
      const smaller = math.smaller(each, best) === true;
      return smaller === (name === 'min') ? each : best;
    }, first);
  }
  if (others.length > 0) throw new FormulaFault(`${name} takes one value`);
  if (name === 'sqrt') return real(typeof first === 'number' ? Math.sqrt(first) : math.pow(first, 0.5));
  if (name === 'abs') return real(math.abs(first));
  if (typeof first !== 'number')
    throw new FormulaFault(`${name} takes a plain number, not ${describeDimension(first)}`);
  return real(Math[name](first));
}

function sameDimension(a: FormulaValue, b: FormulaValue): void {
  const same = typeof a === 'number' || typeof b === 'number' ? typeof a === typeof b : a.equalBase(b);
  if (!same) throw new FormulaFault(`${describeDimension(a)} and ${describeDimension(b)} do not go together`);
}

/** Keeps out complex numbers, which mathjs gives for the root of a negative one. */
function real(value: unknown): FormulaValue {
  if (typeof value === 'number') return value;
  if (mathjs().isUnit(value) && typeof value.toSI().toNumeric() === 'number') return value;
  throw new FormulaFault('it comes to no real number');
}

function isFunction(name: string): name is FunctionName {
  return (functions as readonly string[]).includes(name);
}

function refusedFunction(name: string, names: Names): string {
  if (Object.hasOwn(units, name) || Object.hasOwn(names.variables, name)) {
    return `${quote(name)} is no function; write ${name} * (...) to multiply`;
  }
  return `${quote(name)} is no function known here (${functions.join(', ')})`;
}

function nodeWord(type: string): string {
  const words: Record<string, string> = {
    AssignmentNode: 'an assignment',
    FunctionAssignmentNode: 'a definition of a function',
    ArrayNode: 'a matrix',
    RangeNode: 'a range',
    BlockNode: 'a list of formulas',
    ConditionalNode: 'a condition',
    RelationalNode: 'a comparison',
    ObjectNode: 'an object',
    AccessorNode: 'a member',
    IndexNode: 'an index',
  };
  return words[type] ?? `a ${type}`;
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
