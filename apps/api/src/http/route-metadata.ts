import 'reflect-metadata';

/** A parameter decorator that also stores a value on its route, for the documentation to read. */
export const remembering =
  (metadata: string, value: unknown, decorator: ParameterDecorator): ParameterDecorator =>
  (target, key, index) => {
    if (key !== undefined) Reflect.defineMetadata(metadata, value, target, key);
    decorator(target, key, index);
  };
