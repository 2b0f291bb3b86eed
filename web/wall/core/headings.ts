import type { Scores } from "../../shared/schema";
import { spanWords } from "./ranking";
import type { Slide } from "./slides";

export interface Heading {
  title: string;
  span: string;
  old?: boolean; // figures of a month that is over
}

function ofScores(title: string, scores: Scores | null, brief: boolean): Heading {
  return { title, span: scores ? spanWords(scores, brief) : "", old: scores?.status === "past" || scores?.status === "official" };
}

/** What the header says of the scene: its title and the span of its figures; `brief` where there is little room. */
export function headingOf(slide: Slide | null, ranked: Scores | null, month: Scores | null, brief = false): Heading {
  if (!slide) return { title: "", span: "" };
  switch (slide.scene) {
    case "peringkat":
      return ofScores("Peringkat", ranked, brief);
    case "denyut":
      return { title: slide.title, span: "60 menit terakhir" };
    case "disorot":
      return { title: slide.title, span: "24 jam terakhir" };
    case "bulan":
      return ofScores(slide.title, month, brief);
  }
}
