/** Which model films it, each with what this very film would cost and how long it would take. */

import { useSignal } from "@preact/signals";
import type { Model } from "../../api/types";
import { ApiError } from "../../api/http";
import { roughly } from "../../words/time";
import { dollars } from "../../words/money";
import { isLocal, nameOf, whatItIs } from "../../words/models";
import { Button } from "../../parts/button";
import { change, draft } from "./draft";
import { chosenModel, models, prices } from "./prices";

export function ModelChoice() {
  const offered = models.value;
  const all = useSignal(false);
  if (!offered) return <p class="hint">Asking which models can be reached…</p>;
  if (!offered.length) return <p class="fault">No model that makes clips can be reached right now.</p>;
  const chosen = chosenModel(draft.value, offered);
  const shown = all.value ? offered : fewOf(offered, chosen);
  return (
    <fieldset class="field">
      <legend>Filmed by</legend>
      <div class="models">
        {shown.map((model) => (
          <label key={model.id} class="model">
            <input
              type="radio"
              name="model"
              checked={model.id === chosen?.id}
              onChange={() => change({ model: model.id })}
            />
            <span>
              <b>{nameOf(model.id)}</b>
              <small>{whatItIs(model)}</small>
            </span>
            <Cost model={model} />
          </label>
        ))}
      </div>
      {shown.length < offered.length && (
        <Button kind="quiet" onPress={() => void (all.value = true)}>All {offered.length} models</Button>
      )}
    </fieldset>
  );
}

/** The one that is chosen, the one that is usual, the free one and the cheapest of the others. */
function fewOf(offered: Model[], chosen: Model | undefined): Model[] {
  const cheapest = [...offered].filter((model) => !isLocal(model.id)).sort((a, b) => cost(a) - cost(b))[0];
  const few = new Set([chosen, offered.find((model) => model.is_default), cheapest, ...offered.filter((model) => isLocal(model.id))]);
  return offered.filter((model) => few.has(model));
}

function cost(model: Model): number {
  const price = prices.value.get(model.id);
  return !price || price instanceof ApiError ? Infinity : Number(price.estimated_usd);
}

function Cost({ model }: { model: Model }) {
  const price = prices.value.get(model.id);
  if (!price) return <span class="cost"><i class="dots" aria-label="asking" /></span>;
  if (price instanceof ApiError) return <span class="cost"><small>not for this film</small></span>;
  return (
    <span class="cost">
      <b>{dollars(price.estimated_usd)}</b>
      <small>{roughly(price.seconds)}</small>
    </span>
  );
}
