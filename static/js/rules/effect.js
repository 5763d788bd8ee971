/* What a remedy does to a visit; the tasks that it makes are the server's. */

const EFFECTS = {
  done: { step: 'done' },
  skip: { step: 'passed' },
  rebook: { ends: 'rebooked', asks: ['slot', 'rebook_reason', 'consent'] },
  pause: { pauses: true, asks: ['back_at'] },
  claim: { asks: ['answer_by'] },
  transfer: { ends: 'transferred' },
  no_access: { ends: 'no_access', asks: ['left_out'] },
  advised: { ends: 'finished', outcome: 'advised' },
  danger: { step: 'done' },
  stop: { ends: 'could_not_finish' },
};

/* {kind, argument, step?, ends?, asks?, outcome?, pauses?} of a name such as 'goto:diagnose'. */
export const read = (name) => {
  const [kind, argument = ''] = name.split(/:(.*)/s);
  return { kind, argument, ...EFFECTS[kind] };
};

/* The inputs that these effects bring to a form, each once. */
export const asks = (names) => [...new Set(names.flatMap((name) => read(name).asks || []))];
