/** How long, how wide and with which model: what has a sensible default. */

import { CALLS } from "../../api/edits";
import { offers } from "../../api/offers";
import type { Model } from "../../api/types";
import { change, draft } from "./draft";

const ASPECTS = [
  { ratio: "16:9", name: "Wide" },
  { ratio: "9:16", name: "Tall" },
  { ratio: "1:1", name: "Square" },
];

const GATES = [
  { gate: "storyboard", name: "the storyboard", why: "change the scenes before anything is filmed" },
  { gate: "character", name: "the character", why: "pick one of the portraits" },
  { gate: "clips", name: "the clips", why: "fix some before they are cut together" },
];

export function Shape({ model }: { model: Model | undefined }) {
  const { scenes, aspect, seconds } = draft.value;
  return (
    <div class="shape">
      <div class="pair">
        <Slider label="Scenes" min={1} max={40} step={1} value={scenes} onChange={(value) => change({ scenes: value })} />
        <Length model={model} seconds={seconds} />
      </div>
      <fieldset class="field">
        <legend>Picture</legend>
        <div class="aspects">
          {ASPECTS.filter(({ ratio }) => !model?.aspect_ratios.length || model.aspect_ratios.includes(ratio)).map(({ ratio, name }) => (
            <label key={ratio} class="aspect">
              <input type="radio" name="aspect" checked={ratio === aspect} onChange={() => change({ aspect: ratio })} />
              <i class={`r${ratio.replace(":", "x")}`} aria-hidden="true" />
              <span>{name} <small>{ratio}</small></span>
            </label>
          ))}
        </div>
      </fieldset>
    </div>
  );
}

function Length({ model, seconds }: { model: Model | undefined; seconds: number }) {
  const durations = model?.durations ?? { min: 2, max: 12, step: 1 };
  if (Array.isArray(durations) && durations.length) {
    return (
      <label class="field">
        <span>Seconds for each</span>
        <select value={String(seconds)} onChange={(event) => change({ seconds: Number(event.currentTarget.value) })}>
          {[...new Set([...durations, seconds])].sort((a, b) => a - b).map((one) => (
            <option key={one} value={String(one)}>{one} s</option>
          ))}
        </select>
      </label>
    );
  }
  const span = Array.isArray(durations) ? { min: 2, max: 12, step: 1 } : durations;
  return (
    <Slider
      label="Seconds for each"
      min={Math.max(2, Math.ceil(span.min))}
      max={Math.min(20, span.max)}
      step={span.step ?? 1}
      value={seconds}
      onChange={(value) => change({ seconds: value })}
    />
  );
}

interface SliderProps {
  label: string;
  min: number;
  max: number;
  step: number;
  value: number;
  onChange: (value: number) => void;
}

function Slider({ label, min, max, step, value, onChange }: SliderProps) {
  const fill = `${(100 * (Math.min(value, max) - min)) / Math.max(1, max - min)}%`;
  return (
    <label class="field">
      <span>{label} <b class="value" aria-hidden="true">{value}</b></span>
      <input
        type="range"
        min={min}
        max={max}
        step={step}
        value={value}
        style={{ "--fill": fill }}
        onInput={(event) => onChange(event.currentTarget.valueAsNumber)}
      />
    </label>
  );
}

export function Gates() {
  if (!offers(CALLS.continue)) return null;
  const { gates } = draft.value;
  return (
    <fieldset class="field">
      <legend>Stop and let me look at</legend>
      <div class="gates">
        {GATES.map(({ gate, name, why }) => (
          <label key={gate} class="check">
            <input
              type="checkbox"
              checked={gates.includes(gate)}
              onChange={(event) =>
                change({ gates: event.currentTarget.checked ? [...gates, gate] : gates.filter((one) => one !== gate) })
              }
            />
            <span>{name} <small>{why}</small></span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
