/** Reads that are asked for often and done seldom: one at a time, and once more when something came meanwhile. */

export interface Again {
  (): void;
  stop(): void;
}

export function again(read: () => Promise<void>, everyMs: number): Again {
  let running = false;
  let wanted = false;
  let stopped = false;
  let last = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  async function run(): Promise<void> {
    running = true;
    wanted = false;
    last = Date.now();
    await read();
    running = false;
    if (wanted) ask();
  }

  function ask(): void {
    wanted = true;
    if (running || stopped || timer !== undefined) return;
    const wait = Math.max(0, last + everyMs - Date.now());
    timer = setTimeout(() => {
      timer = undefined;
      void run();
    }, wait);
  }

  ask.stop = () => {
    stopped = true;
    clearTimeout(timer);
  };
  return ask;
}
