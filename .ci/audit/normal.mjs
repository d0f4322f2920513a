// The normal form of a valid document: directives resolved, fragments put where they apply, each field of an object
// once. Written by the specification's own words (CollectFields), independently of the server.
import { getNamedType, isInterfaceType, isObjectType, isUnionType, Kind, print, SchemaMetaFieldDef, TypeMetaFieldDef } from 'graphql';

export function normalForm(schema, document, variables) {
  const fragments = new Map(document.definitions.filter(({ kind }) => kind === Kind.FRAGMENT_DEFINITION).map((one) => [one.name.value, one]));
  const operation = document.definitions.find(({ kind }) => kind === Kind.OPERATION_DEFINITION);
  const values = { ...variables };
  for (const { variable, defaultValue } of operation.variableDefinitions) {
    if (!(variable.name.value in values) && defaultValue) values[variable.name.value] = defaultValue.value;
  }

  const valueOf = (value) => (value.kind === Kind.VARIABLE ? values[value.name.value] : value.value);
  const included = (node) => (node.directives ?? []).every(({ name, arguments: [{ value }] }) =>
    (name.value === 'skip' ? !valueOf(value) : valueOf(value)));
  const applies = (condition, of) => condition === of.name || schema.isSubType(schema.getType(condition), of);

  function collect(of, sets, groups, spread) {
    for (const selection of sets.flatMap((set) => set.selections).filter(included)) {
      if (selection.kind === Kind.FIELD) {
        const key = (selection.alias ?? selection.name).value;
        groups.set(key, [...(groups.get(key) ?? []), selection]);
      } else if (selection.kind === Kind.INLINE_FRAGMENT) {
        const condition = selection.typeCondition?.name.value ?? of.name;
        if (applies(condition, of)) collect(of, [selection.selectionSet], groups, spread);
      } else {
        const fragment = fragments.get(selection.name.value);
        if (spread.has(selection.name.value) || !applies(fragment.typeCondition.name.value, of)) continue;
        spread.add(selection.name.value);
        collect(of, [fragment.selectionSet], groups, spread);
      }
    }
    return groups;
  }

  function typeOf(of, name) {
    if (name === '__schema') return getNamedType(SchemaMetaFieldDef.type);
    if (name === '__type') return getNamedType(TypeMetaFieldDef.type);
    return getNamedType(of.getFields()[name].type);
  }

  function object(of, sets) {
    const texts = [...collect(of, sets, new Map(), new Set())].map(([key, nodes]) => {
      const [{ name, arguments: given }] = nodes;
      const args = given.length > 0 ? `(${given.map(print).join(', ')})` : '';
      const below = nodes.filter(({ selectionSet }) => selectionSet).map(({ selectionSet }) => selectionSet);
      return `${key}: ${name.value}${args}${below.length > 0 ? ` ${set(typeOf(of, name.value), below)}` : ''}`;
    });
    return texts.join(' ');
  }

  // An object of which nothing is selected is an object without fields.
  const nothing = '__typename @skip(if: true)';
  function set(of, sets) {
    if (isObjectType(of)) return `{ ${object(of, sets) || nothing} }`;
    if (!isInterfaceType(of) && !isUnionType(of)) return '';
    const types = schema.getPossibleTypes(of).map((type) => [type.name, object(type, sets)]).filter(([, text]) => text);
    return `{ ${types.map(([name, text]) => `... on ${name} { ${text} }`).join(' ') || nothing} }`;
  }

  return `{ ${object(schema.getQueryType(), [operation.selectionSet]) || nothing} }`;
}
