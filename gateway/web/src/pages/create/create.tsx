/** From an idea to an order. Two fields are enough; everything else has a default. */

import { useEffect } from "preact/hooks";
import { orderFilm } from "../../api/films";
import { Button } from "../../parts/button";
import { sayFault } from "../../parts/toasts";
import { go } from "../../route";
import { Bill, Sum } from "./bill";
import { Cast } from "./cast";
import { forgetCasting } from "./casting";
import { BLANK, change, type Draft, draft, isComplete, orderOf } from "./draft";
import { EXAMPLES, STYLES } from "./examples";
import { ModelChoice } from "./modelchoice";
import { chosenModel, keepPrices, models, readModels } from "./prices";
import { Cards } from "../../parts/cards";
import { Gates, Shape } from "./shape";

export function Create() {
  useEffect(() => {
    readModels().catch(sayFault);
    return keepPrices();
  }, []);
  const told = draft.value;
  const model = chosenModel(told, models.value);

  return (
    <form class="create" onSubmit={(event) => event.preventDefault()}>
      <section class="words">
        <h1>What shall we film?</h1>
        <p class="lead">An idea and a character go in. A finished music video comes out.</p>
        <Text name="idea" label="The idea" rows={3} placeholder="What happens? Where, and how does it end?" />
        <Text name="character" label="The character" rows={2} placeholder="What does your main character look like?" />
        <Examples told={told} />
        <Cast />
        <hr />
        <Style />
        <Shape model={model} />
        <ModelChoice />
        <Gates />
        <Cards cards={told} onChange={change} />
      </section>
      <aside class="order" aria-label="Your order">
        <div class="receipt">
          <h2>Your film</h2>
          <Bill model={model} />
        </div>
        <div class="go">
          <Button kind="first" disabled={!isComplete(told)} doing="Ordering…" onPress={() => order(told)}>
            Make the film
          </Button>
          {isComplete(told) ? <Sum model={model} /> : <p class="hint">{missing(told)}</p>}
        </div>
      </aside>
    </form>
  );
}

async function order(told: Draft): Promise<void> {
  const film = await orderFilm(orderOf(told));
  forgetCasting();
  draft.value = { ...BLANK, model: told.model, aspect: told.aspect };
  go(`/productions/${film.production_id}`);
}

function missing(told: Draft): string {
  if (!told.idea.trim() && !told.character.trim()) return "Write an idea and a character, or take an example.";
  return told.idea.trim() ? "Now describe the character." : "Now write the idea.";
}

interface TextProps {
  name: "idea" | "character";
  label: string;
  rows: number;
  placeholder: string;
}

function Text({ name, label, rows, placeholder }: TextProps) {
  return (
    <label class="field tall">
      <span>{label}</span>
      <textarea
        name={name}
        rows={rows}
        maxLength={4000}
        placeholder={placeholder}
        value={draft.value[name]}
        onInput={(event) => change({ [name]: event.currentTarget.value })}
      />
    </label>
  );
}

function Examples({ told }: { told: Draft }) {
  if (told.idea || told.character) return null;
  return (
    <div class="examples">
      <span>Or begin with</span>
      {EXAMPLES.map((example) => (
        <Button key={example.title} onPress={() => change(example)}>{example.title}</Button>
      ))}
    </div>
  );
}

function Style() {
  const { style } = draft.value;
  return (
    <div class="field">
      <label for="style">The look <small>optional</small></label>
      <input
        id="style"
        type="text"
        maxLength={4000}
        value={style}
        placeholder="Light, colours, texture"
        onInput={(event) => change({ style: event.currentTarget.value })}
      />
      <div class="chips">
        {STYLES.map((one) => (
          <Button key={one} kind="quiet" pressed={style === one} onPress={() => change({ style: style === one ? "" : one })}>
            {one}
          </Button>
        ))}
      </div>
    </div>
  );
}
