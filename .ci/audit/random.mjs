// Random documents over a schema, valid ones and ones with a fault, by a seed that is printed.
import { getNamedType, isCompositeType, isEnumType, isInputObjectType, isInterfaceType, isListType, isNonNullType, isObjectType } from 'graphql';

/** A generator of numbers from 0 to 1 that a seed decides (mulberry32). */
export function numbers(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** Fields whose answer differs from one request to the next, or that ask for much. */
const LEFT_OUT = new Set(['url', 'apiInfo', 'overview', '__schema', '__type', 'sessions', 'syncLimits']);

/** Faults that a document gets at random; each changes the text of a selection, or of the whole document. */
const FAULTS = ['unknownField', 'unknownArgument', 'conflict', 'conflictInFragment', 'noSelection', 'selectionOfLeaf',
  'undefinedVariable', 'unusedVariable', 'unusedFragment', 'nullableVariable', 'twiceArgument', 'twiceInputField',
  'typenameArgument', 'typenameSelection', 'directiveArgument', 'unknownDirective', 'twiceDirective', 'wrongEnum',
  'largeInt', 'impossibleFragment', 'missingArgument', 'fragmentOfLeaf', 'unknownFragment', 'otherTypeOfNode'];

export class Documents {
  constructor(schema, ids, seed) {
    this.schema = schema;
    this.ids = ids;
    this.random = numbers(seed);
  }

  pick(list) {
    return list[Math.floor(this.random() * list.length)];
  }

  chance(of) {
    return this.random() < of;
  }

  /** A document with its variables. With a fault, most are invalid. */
  make(faulty) {
    this.fragments = [];
    this.variables = new Map();
    this.values = {};
    this.fault = faulty ? this.pick(FAULTS) : null;
    this.spent = false;
    const selection = this.set(this.schema.getQueryType(), 4);
    if (this.fault === 'unusedVariable') this.variables.set('unused', 'Int');
    if (this.fault === 'unusedFragment') this.fragments.push('fragment Unused on Defect { id }');
    const definitions = [...this.variables].map(([name, type]) => `$${name}: ${type}`);
    const head = definitions.length > 0 ? `query Q(${definitions.join(', ')}) ` : 'query Q ';
    return { text: [head + selection, ...this.fragments].join('\n'), variables: this.values, fault: this.fault };
  }

  /** Uses the fault once, where it fits. */
  uses(fault) {
    if (this.fault !== fault || this.spent || this.chance(0.5)) return false;
    this.spent = true;
    return true;
  }

  set(type, depth) {
    const items = [];
    const count = 1 + Math.floor(this.random() * 3);
    for (let at = 0; at < count; at += 1) items.push(this.item(type, depth));
    // The same fields once more, as components of one page ask for them.
    if (this.chance(0.2)) items.push(this.pick(items));
    if (this.uses('unknownField')) items.push('noSuchField');
    if (this.uses('unknownFragment')) items.push('...NoSuchFragment');
    if (this.uses('typenameArgument')) items.push('__typename(of: 1)');
    if (this.uses('typenameSelection')) items.push('__typename { id }');
    if (this.uses('directiveArgument')) items.push('__typename @skip(if: "x")');
    if (this.uses('unknownDirective')) items.push('__typename @never');
    if (this.uses('twiceDirective')) items.push('__typename @skip(if: false) @skip(if: false)');
    if (this.uses('undefinedVariable')) items.push('__typename @skip(if: $nowhere)');
    if (this.uses('nullableVariable')) { this.variables.set('loose', 'Boolean'); items.push('__typename @include(if: $loose)'); }
    if (this.uses('conflict')) items.push('x: __typename', this.alias('x', type));
    if (this.uses('conflictInFragment') && type.name !== 'Query') items.push('y: __typename', `... on ${type.name} { ${this.alias('y', type)} }`);
    if (this.uses('impossibleFragment')) items.push('... on PageInfo { hasNextPage }');
    if (this.uses('fragmentOfLeaf')) items.push('... on String { length }');
    if (this.uses('otherTypeOfNode') && isInterfaceType(type)) items.push('... on Defect { number } ... on Round { number }');
    return `{ ${items.join(' ')} }`;
  }

  alias(name, type) {
    const leaf = this.fields(type).find((field) => !isCompositeType(getNamedType(field.type)) && field.args.length === 0);
    return leaf ? `${name}: ${leaf.name}` : `${name}: __typename`;
  }

  fields(type) {
    return Object.values(type.getFields()).filter((field) => !LEFT_OUT.has(field.name) && this.canAsk(field));
  }

  /** Whether a value is known for each argument that must be given. */
  canAsk(field) {
    return field.args.every((arg) => !isNonNullType(arg.type) || arg.defaultValue !== undefined || this.hasValue(arg, field));
  }

  hasValue(arg, field) {
    const named = getNamedType(arg.type);
    return named.name === 'ID' ? Boolean(this.idFor(arg, field)) : isEnumType(named) || named.name === 'Int' || named.name === 'Boolean';
  }

  idFor(arg, field) {
    const of = arg.name === 'id' || arg.name === 'ids' ? getNamedType(field.type).name : arg.name.replace(/Ids?$/, '');
    return this.ids[of.charAt(0).toUpperCase() + of.slice(1)] ?? (field.name === 'node' ? this.ids.Project : undefined);
  }

  item(type, depth) {
    const roll = this.random();
    if (depth > 0 && roll < 0.12) return this.inline(type, depth - 1);
    if (depth > 0 && roll < 0.24) return this.spread(type, depth - 1);
    if (roll < 0.32) return `__typename${this.directives()}`;
    const all = this.fields(type).filter((field) => depth > 0 || !isCompositeType(getNamedType(field.type)));
    if (all.length === 0) return `__typename${this.directives()}`;
    const field = this.pick(all);
    const named = getNamedType(field.type);
    const alias = this.chance(0.1) ? `${this.pick(['a', 'b', 'c'])}_${type.name}_${field.name}: ` : '';
    let below = '';
    if (isCompositeType(named)) below = this.uses('noSelection') ? '' : ` ${this.set(named, depth - 1)}`;
    else if (this.uses('selectionOfLeaf')) below = ' { id }';
    return `${alias}${field.name}${this.args(field)}${this.directives()}${below}`;
  }

  condition(type) {
    if (isObjectType(type)) {
      const interfaces = type.getInterfaces();
      return interfaces.length > 0 && this.chance(0.3) ? this.pick(interfaces) : type;
    }
    return this.chance(0.3) ? type : this.pick(this.schema.getPossibleTypes(type));
  }

  inline(type, depth) {
    if (this.chance(0.2)) return `...${this.directives()} ${this.set(type, depth)}`;
    const on = this.condition(type);
    return `... on ${on.name}${this.directives()} ${this.set(on, depth)}`;
  }

  spread(type, depth) {
    const on = this.condition(type);
    const name = `F${this.fragments.length}`;
    const at = this.fragments.push('') - 1;
    this.fragments[at] = `fragment ${name} on ${on.name} ${this.set(on, depth)}`;
    return `...${name}${this.directives()}`;
  }

  directives() {
    if (this.chance(0.85)) return '';
    const name = this.pick(['skip', 'include']);
    if (this.chance(0.5)) return ` @${name}(if: ${this.chance(0.5)})`;
    const variable = `v${Math.floor(this.random() * 3)}`;
    if (!this.variables.has(variable)) {
      this.variables.set(variable, this.chance(0.3) ? 'Boolean! = true' : 'Boolean!');
      if (!this.variables.get(variable).includes('=') || this.chance(0.5)) this.values[variable] = this.chance(0.5);
    }
    return ` @${name}(if: $${variable})`;
  }

  args(field) {
    const given = [];
    for (const arg of field.args) {
      if (isNonNullType(arg.type) && this.uses('missingArgument')) continue;
      const value = this.value(arg, field);
      if (value === undefined) continue;
      given.push(`${arg.name}: ${value}`);
      if (this.uses('twiceArgument')) given.push(`${arg.name}: ${value}`);
    }
    if (this.uses('unknownArgument')) given.push('noSuchArgument: 1');
    return given.length > 0 ? `(${given.join(', ')})` : '';
  }

  value(arg, field) {
    const named = getNamedType(arg.type);
    const list = isListType(isNonNullType(arg.type) ? arg.type.ofType : arg.type);
    if (arg.name === 'first') return this.uses('largeInt') ? '3000000000' : String(1 + Math.floor(this.random() * 3));
    const must = isNonNullType(arg.type) && arg.defaultValue === undefined;
    if (!must && this.chance(0.7)) return undefined;
    if (named.name === 'ID') {
      const id = this.idFor(arg, field);
      return id && (list ? `["${id}"]` : `"${id}"`);
    }
    if (isEnumType(named)) {
      const value = this.pick(named.getValues()).name;
      const text = this.uses('wrongEnum') ? `"${value}"` : value;
      return list ? `[${text}]` : text;
    }
    if (isInputObjectType(named) && !list) return this.input(named);
    if (named.name === 'Boolean') return String(this.chance(0.5));
    return undefined;
  }

  /** An input object with some of its optional Boolean fields. */
  input(type) {
    const fields = Object.values(type.getFields());
    if (fields.some((field) => isNonNullType(field.type) && field.defaultValue === undefined)) return undefined;
    const flags = fields.filter((field) => getNamedType(field.type).name === 'Boolean' && !isListType(field.type));
    if (flags.length === 0) return undefined;
    const flag = this.pick(flags).name;
    const text = `${flag}: ${this.chance(0.5)}`;
    return this.uses('twiceInputField') ? `{ ${text}, ${text} }` : `{ ${text} }`;
  }
}
