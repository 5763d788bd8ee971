/* The finger's signature: [data-signature] holds a canvas, two hidden inputs and Undo.
   Leaves `strokes` = [[x,y,x,y,…],…] in whole CSS pixels (no timing) and `size` = [w,h], the paper they were drawn on.
   signature_pad is fetched when the pad is first seen. A typed name, paper or declining never needs this file. */
(() => {
  'use strict';
  const HEIGHT = 240;
  const NEAR = 2; // pixels: closer points say nothing more about the shape

  let library = null;
  const load = (src) => {
    library = library || new Promise((done, failed) => {
      const script = document.createElement('script');
      script.src = src;
      script.onload = () => done(window.SignaturePad);
      script.onerror = () => { library = null; script.remove(); failed(new Error('signature_pad')); };
      document.head.append(script);
    });
    return library;
  };

  const lean = (points) => {
    const out = [];
    points.forEach(({ x, y }, n) => {
      const [px, py] = out.slice(-2);
      if (n && n < points.length - 1 && Math.hypot(x - px, y - py) < NEAR) return;
      out.push(Math.round(x), Math.round(y));
    });
    return out;
  };

  class Pad {
    constructor(box, SignaturePad) {
      this.canvas = box.querySelector('[data-pad]');
      this.out = { strokes: box.querySelector('[data-strokes]'), size: box.querySelector('[data-size]') };
      this.box = box;
      this.paper = null; // [w, h] of the first stroke; later widths are scaled to it
      this.strokes = [];
      this.pad = new SignaturePad(this.canvas, { minWidth: 1.2, maxWidth: 3.2, penColor: getComputedStyle(box).color });
      this.pad.addEventListener('beginStroke', () => {
        if (!this.paper) this.paper = [this.canvas.offsetWidth, HEIGHT];
      });
      this.pad.addEventListener('endStroke', () => this.read());
      const undo = box.querySelector('[data-undo]');
      if (undo) undo.addEventListener('click', () => { this.strokes.pop(); this.draw(); this.write(); });
      new ResizeObserver(() => this.fit()).observe(this.canvas);
      this.restore();
      this.fit();
    }

    get scale() {
      if (!this.paper) return 1;
      return Math.min(this.canvas.offsetWidth / this.paper[0], HEIGHT / this.paper[1]);
    }

    restore() { // strokes that came back with the page, or that the browser kept
      try {
        const strokes = JSON.parse(this.out.strokes.value || '[]');
        const size = JSON.parse(this.out.size.value || 'null');
        if (!strokes.length || !size) return;
        this.paper = size;
        this.strokes = strokes.map((flat) => flat.reduce((points, value, n) => {
          if (n % 2) points[points.length - 1].y = value; else points.push({ x: value, y: 0 });
          return points;
        }, []));
      } catch { /* what was kept is no signature */ }
    }

    fit() { // the canvas follows its box: rotation keeps what was drawn
      const { offsetWidth: width } = this.canvas;
      const ratio = Math.max(window.devicePixelRatio || 1, 1);
      if (!width || this.width === width * ratio) return;
      this.width = width * ratio;
      this.canvas.width = width * ratio;
      this.canvas.height = HEIGHT * ratio;
      this.canvas.getContext('2d').scale(ratio, ratio);
      this.draw();
    }

    read() {
      const { scale } = this;
      const drawn = this.pad.toData().slice(this.strokes.length);
      drawn.forEach(({ points }) => this.strokes.push(points.map(({ x, y }) => ({ x: x / scale, y: y / scale }))));
      const right = Math.max(...this.strokes.flat().map(({ x }) => x));
      const low = Math.max(...this.strokes.flat().map(({ y }) => y));
      this.paper = [Math.max(this.paper[0], Math.ceil(right)), Math.max(this.paper[1], Math.ceil(low))];
      this.write();
    }

    draw() {
      const { scale } = this;
      this.pad.clear();
      this.pad.fromData(this.strokes.map((points) => ({
        penColor: this.pad.penColor, dotSize: 0, minWidth: 1.2, maxWidth: 3.2, velocityFilterWeight: 0.7, compositeOperation: 'source-over',
        points: points.map(({ x, y }, n) => ({ x: x * scale, y: y * scale, pressure: 0.5, time: n * 16 })),
      })));
    }

    write() {
      if (!this.strokes.length) this.paper = null;
      this.out.strokes.value = this.strokes.length ? JSON.stringify(this.strokes.map(lean)) : '';
      this.out.size.value = this.paper ? JSON.stringify(this.paper) : '';
      this.box.classList.toggle('is-signed', this.strokes.length > 0);
      this.box.dispatchEvent(new CustomEvent('signature:change', { bubbles: true, detail: { strokes: this.strokes.length } }));
    }
  }

  const start = (box) => {
    if (box.dataset.started) return;
    box.dataset.started = '1';
    load(box.dataset.src).then((SignaturePad) => { box.pad = new Pad(box, SignaturePad); })
      .catch(() => { delete box.dataset.started; box.classList.add('is-missing'); });
  };

  const seen = new IntersectionObserver((entries) => entries.forEach((entry) => {
    if (entry.isIntersecting) start(entry.target);
  }));
  const watch = (root) => root.querySelectorAll('[data-signature]').forEach((box) => seen.observe(box));
  watch(document);
  window.doorstep = Object.assign(window.doorstep || {}, { watchSignatures: watch }); // for pads that are drawn later
})();
