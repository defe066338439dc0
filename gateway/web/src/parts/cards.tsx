/** What is written before a film and after it. */

const LONGEST_TITLE = 200;
const LONGEST_CREDITS = 4000;

export interface Written {
  title: string;
  credits: string;
}

export function Cards({ cards, onChange }: { cards: Written; onChange: (changes: Partial<Written>) => void }) {
  return (
    <>
      <label class="field">
        <span>Title <small>optional, on a card before the film</small></span>
        <input
          type="text"
          maxLength={LONGEST_TITLE}
          value={cards.title}
          onInput={(event) => onChange({ title: event.currentTarget.value })}
        />
      </label>
      <label class="field">
        <span>Credits <small>optional, on a card after it</small></span>
        <textarea
          rows={2}
          maxLength={LONGEST_CREDITS}
          value={cards.credits}
          onInput={(event) => onChange({ credits: event.currentTarget.value })}
        />
      </label>
    </>
  );
}
