// Reads text/event-stream, as the HTML standard parses it. Chunks may end anywhere.
export interface StreamEvent {
  kind: string;
  data: string;
  id: string; // the newest one known, empty before the first
}

export class EventReader {
  private rest = "";
  private kind = "";
  private data: string[] = [];
  private id = "";

  /** The events that this chunk completes. */
  read(chunk: string): StreamEvent[] {
    // A chunk that ends in CR may be followed by the LF of the same line end.
    const lines = (this.rest + chunk).split(/\r\n|\n|\r(?!$)/);
    this.rest = lines.pop() ?? "";
    return lines.map((line) => this.line(line)).filter((event) => event !== null);
  }

  private line(line: string): StreamEvent | null {
    if (line === "") return this.complete();
    const [, name, value] = /^([^:]*):? ?(.*)$/.exec(line) ?? [];
    if (name === "event") this.kind = value ?? "";
    if (name === "data") this.data.push(value ?? "");
    if (name === "id") this.id = value ?? "";
    return null;
  }

  private complete(): StreamEvent | null {
    const event = { kind: this.kind || "message", data: this.data.join("\n"), id: this.id };
    const told = this.data.length > 0;
    this.kind = "";
    this.data = [];
    return told ? event : null;
  }
}
