/** Films to begin with: one press fills the page. */

export interface Example {
  title: string;
  idea: string;
  character: string;
  style: string;
}

export const EXAMPLES: Example[] = [
  {
    title: "The lighthouse that sings",
    idea: "On the night of a storm, an old lighthouse begins to sing, and every boat at sea turns to listen.",
    character: "A lighthouse keeper in a yellow raincoat, grey beard, a lantern in her hand",
    style: "painterly light, deep blues, rain on glass",
  },
  {
    title: "A fox learns to fly",
    idea: "A small fox builds wings from fallen leaves and learns, fall by fall, to cross the valley at dawn.",
    character: "A small red fox with a blue scarf",
    style: "warm autumn colours, soft paper texture",
  },
  {
    title: "Last train to the moon",
    idea: "A girl misses the last train home and boards one that climbs out of the city, past the roofs, to the moon.",
    character: "A girl of ten with short black hair, a green coat and a red suitcase",
    style: "neon night, wet streets, long reflections",
  },
];

export const STYLES = ["painterly light", "film noir", "stop motion", "watercolour", "neon night", "16 mm documentary"];
