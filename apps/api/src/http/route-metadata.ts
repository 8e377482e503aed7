import 'reflect-metadata';

/** A parameter decorator that also remembers, on its route, what it was given, so that documentation can read it. */
export const remembering =
  (metadata: string, value: unknown, decorator: ParameterDecorator): ParameterDecorator =>
  (target, key, index) => {
    if (key !== undefined) Reflect.defineMetadata(metadata, value, target, key);
    decorator(target, key, index);
  };
