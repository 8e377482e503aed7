import type { EventToAppend, JsonObject, JsonTexts } from './event-store';

/**
 * An event whose JSON text is kept, so that it is not serialized twice. A copy of the object does not carry the text,
 * since a copy may be changed.
 */
export class EventWithTexts<Metadata extends JsonObject = JsonObject> implements EventToAppend {
  readonly id: string;
  readonly type: string;
  readonly data: JsonObject;
  readonly #texts: JsonTexts;

  /** @param texts as `JSON.stringify` writes them. */
  constructor(
    { id, type, data }: EventToAppend,
    readonly metadata: Metadata,
    texts: JsonTexts,
  ) {
    this.id = id;
    this.type = type;
    this.data = data;
    this.#texts = texts;
  }

  static textsOf(event: EventToAppend): JsonTexts {
    if (#texts in event) return event.#texts;
    return { data: JSON.stringify(event.data), metadata: JSON.stringify(event.metadata) };
  }
}

/** The stored text of an event. @throws TypeError for what is no JSON. */
export const textsOf = (event: EventToAppend): JsonTexts => EventWithTexts.textsOf(event);
