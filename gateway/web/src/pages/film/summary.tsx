/** How many scenes are on their way, ready, lost; and what it has cost so far. */

import type { Film } from "../../api/types";
import { countsOf } from "../../words/counts";
import { isFree, sum } from "../../words/money";

export function Summary({ film }: { film: Film }) {
  const { loading, succeeded, failed } = countsOf(film);
  const shares = Object.entries({ succeeded, failed, loading });
  return (
    <section class="summary" aria-label="Summary">
      <p role="status">
        <span class="count loading"><b>{loading}</b> loading</span>
        <span aria-hidden="true">/</span>
        <span class="count succeeded"><b>{succeeded}</b> succeeded</span>
        <span aria-hidden="true">/</span>
        <span class="count failed"><b>{failed}</b> failed</span>
      </p>
      <div class="shares" aria-hidden="true">
        {shares.map(([name, count]) => count > 0 && <i key={name} class={name} style={{ flexGrow: count }} />)}
      </div>
      <Cost film={film} />
    </section>
  );
}

function Cost({ film: { cost } }: { film: Film }) {
  const reserved = Number(cost.reserved_usd ?? 0);
  if (isFree(cost.estimated_usd) && isFree(cost.actual_usd)) return <p class="cost">This film costs nothing</p>;
  return (
    <p class="cost">
      <b>{sum(cost.actual_usd)}</b> of about {sum(cost.estimated_usd)}
      {reserved > 0 && <small> · {sum(cost.reserved_usd)} on order</small>}
      {cost.budget_usd !== null && <small> · never more than {sum(cost.budget_usd)}</small>}
    </p>
  );
}
