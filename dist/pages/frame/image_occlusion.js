"use strict";
/* Hides the parts of a picture that a card asks for, as Anki does: the script of the note type calls
   anki.imageOcclusion.setup() (ts/routes/image-occlusion/review.ts, tried with 26.09.3). */
(() => {
  const byId = id => document.getElementById(id);

  /** Return when a picture has its size, or cannot be shown. */
  const loaded = picture => picture.complete ? Promise.resolve() : new Promise(resolve => {
    picture.addEventListener("load", resolve);
    picture.addEventListener("error", resolve);
  });

  /** Return what a shape covers, as a path on a canvas. */
  function pathOf({ shape, left, top, width, height, rx, ry, points }, size) {
    const path = new Path2D(), x = size.width * left, y = size.height * top;
    if (shape === "rect") path.rect(x, y, size.width * width, size.height * height);
    if (shape === "ellipse") {
      const across = size.width * rx, down = size.height * ry;
      path.ellipse(x + across, y + down, across, down, 0, 0, 2 * Math.PI);
    }
    if (shape === "polygon") {
      const corners = points.split(" ").map(point => point.split(",").map(Number));
      corners.forEach(([across, down]) => path.lineTo(size.width * across, size.height * down));
      path.closePath();
    }
    return path;
  }

  /** Draw the shapes of a kind in the colours that the style gives them. */
  function draw(canvas, kind, name, filter = () => true) {
    const context = canvas.getContext("2d"), style = getComputedStyle(canvas);
    const [width, colour] = style.getPropertyValue(`--${name}-shape-border`).trim().split(" ");
    context.fillStyle = style.getPropertyValue(`--${name}-shape-color`).trim() || "#ff8e8e";
    context.strokeStyle = colour ?? "#212121";
    context.lineWidth = parseFloat(width || 1) * canvas.width / canvas.clientWidth;
    for (const { dataset } of document.querySelectorAll(`div.${kind}[data-shape]`)) {
      if (!filter(dataset)) continue;
      const path = pathOf(dataset, canvas);
      context.fill(path);
      context.stroke(path);
    }
  }

  /** Show the shapes as large as the picture is now. */
  function drawAll() {
    const canvas = byId("image-occlusion-canvas"), picture = canvas?.parentElement.querySelector("img");
    if (!picture?.naturalWidth) return;
    canvas.parentElement.style.aspectRatio = `${picture.naturalWidth / picture.naturalHeight}`;
    canvas.width = canvas.clientWidth * devicePixelRatio;
    canvas.height = canvas.clientHeight * devicePixelRatio;
    draw(canvas, "cloze", "active");
    draw(canvas, "cloze-inactive", "inactive", shape => shape.occludeinactive === "1");
    draw(canvas, "cloze-highlight", "highlight");
  }

  /** Let the button show what is hidden beside what is asked for; without that, there is no button. */
  function setToggle() {
    const button = byId("toggle"), canvas = byId("image-occlusion-canvas");
    if (!button) return;
    if (!document.querySelector('[data-occludeinactive="1"]')) button.style.display = "none";
    button.onclick = () => { canvas.style.display = canvas.style.display === "none" ? "" : "none"; };
  }

  async function setup() {
    const picture = document.querySelector("#image-occlusion-container img");
    if (picture) await loaded(picture);
    setToggle();
    drawAll();
  }

  addEventListener("resize", drawAll);
  globalThis.anki = { imageOcclusion: { setup } };
})();
