/* The quiz: judges an answer at once, says why, and adds up at the end. Everything stands in the page already; nothing is
   sent or kept, so it works without a network. */
(() => {
  'use strict';
  const form = document.querySelector('form[data-quiz]');
  const check = form?.querySelector('[data-check]');
  if (!check) return; // the answers were judged by the server
  const questions = [...form.querySelectorAll('[data-question]')];
  const score = form.querySelector('[data-score]');
  check.hidden = true;
  let right = 0;
  let isSteering = false; // arrow keys pass over options that are not meant yet

  const answer = (question) => {
    const picked = question.querySelector('input:checked');
    if (!picked || question.dataset.answered) return;
    question.dataset.answered = picked.value;
    const isRight = picked.value === question.dataset.right;
    right += isRight ? 1 : 0;
    for (const input of question.querySelectorAll('input')) {
      input.disabled = input !== picked; // the chosen one keeps the focus
      const row = input.closest('.row');
      row.classList.toggle('is-right', input.value === question.dataset.right);
      row.classList.toggle('is-wrong', input === picked && !isRight);
    }
    question.querySelector(`[data-verdict=${isRight ? 'right' : 'wrong'}]`).hidden = false;
    if (questions.some((one) => !one.dataset.answered)) return;
    score.querySelector('[data-score-text]').textContent = score.dataset.words.replace('{right}', right).replace('{total}', questions.length);
    score.hidden = false;
  };
  const questionOf = (event) => event.target.closest('[data-question]');
  form.addEventListener('pointerdown', () => { isSteering = false; });
  form.addEventListener('keydown', (event) => {
    isSteering = event.key.startsWith('Arrow');
    if ((event.key === 'Enter' || event.key === ' ') && event.target.checked) {
      event.preventDefault();
      answer(questionOf(event));
    }
  });
  form.addEventListener('change', (event) => { if (!isSteering) answer(questionOf(event)); });
  form.addEventListener('focusout', (event) => {
    const question = questionOf(event);
    if (question && !question.contains(event.relatedTarget)) answer(question);
  });
  form.addEventListener('submit', (event) => event.preventDefault());
})();
