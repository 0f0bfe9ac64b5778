// Draws the works by WebGL: from far one dot for each, otherwise two triangles.
//
// Places and colours lie in textures, where the number of a corner finds those of its
// work: without a graphics card that takes a tenth of the time that instances take. The
// works of a sheet follow one another, so the number tells the sheet's cell as well.

const ROW = 1024; // works in a row of the textures

const VERTEX = `#version 300 es
precision highp float;
uniform highp sampler2D places;
uniform sampler2D tints;
uniform int start;
uniform int first;
uniform int columns;
uniform vec2 cell;
uniform vec2 middle;
uniform vec2 zoom;
uniform float pixels;
uniform float border;
uniform int corners;
out vec2 at;
flat out vec2 half_size;
flat out vec2 reach;
flat out vec2 origin;
flat out vec4 colour;
const vec2 CORNERS[6] = vec2[6](
  vec2(-0.5, -0.5), vec2(0.5, -0.5), vec2(-0.5, 0.5),
  vec2(-0.5, 0.5), vec2(0.5, -0.5), vec2(0.5, 0.5));
void main() {
  int work = start + gl_VertexID / corners;
  ivec2 texel = ivec2(work % ${ROW}, work / ${ROW});
  vec4 place = texelFetch(places, texel, 0);
  colour = texelFetch(tints, texel, 0);
  if (place.z <= 0.0) {
    gl_Position = vec4(2.0, 2.0, 2.0, 1.0);
    return;
  }
  vec2 shape = place.z >= 1.0 ? vec2(1.0, 1.0 / place.z) : vec2(place.z, 1.0);
  // Far away a work is a dot: whatever its shape, it has to be seen.
  float isNear = smoothstep(4.0, 12.0, pixels);
  vec2 whole = mix(vec2(1.0), 0.92 * shape, isNear);
  half_size = 0.5 * whole;
  reach = max(half_size - border, vec2(0.02));
  at = corners == 1 ? vec2(0.0) : CORNERS[gl_VertexID % 6] * whole;
  gl_PointSize = pixels;
  int number = work - first;
  origin = vec2(number % columns, number / columns) * cell;
  gl_Position = vec4((place.xy + at - middle) * zoom, 0.0, 1.0);
}`;

const FRAGMENT = `#version 300 es
precision highp float;
uniform sampler2D sheet;
uniform vec2 cell;
uniform float inset;
uniform float solid;
uniform bool isDot;
in vec2 at;
flat in vec2 half_size;
flat in vec2 reach;
flat in vec2 origin;
flat in vec4 colour;
out vec4 shown;
void main() {
  vec2 spot = isDot ? gl_PointCoord - 0.5 : at;
  vec2 inside = clamp(spot / (2.0 * reach) + 0.5, inset, 1.0 - inset);
  vec3 picture = texture(sheet, origin + inside * cell).rgb;
  // A dot is square, whatever the picture's shape is.
  if (isDot && any(greaterThan(abs(spot), half_size))) discard;
  vec2 beyond = abs(spot) - reach;
  float framed = max(beyond.x, beyond.y) > 0.0 ? 1.0 : solid;
  shown = vec4(mix(picture, colour.rgb, framed), colour.a);
}`;

const FAR_PX = 14;
const DOT_PX = 18;
const [SHEET, PLACES, TINTS] = [0, 1, 2]; // units of textures

/** Return what draws on a canvas; null where there is no WebGL 2. */
export function makePainter(canvas, places, grids) {
  const gl = canvas.getContext("webgl2", { alpha: false, antialias: false });
  return gl && new Painter(gl, places, grids);
}

class Painter {
  constructor(gl, places, grids) {
    this.gl = gl;
    this.places = places;
    this.grids = grids;
    this.sheets = { coarse: new Map(), fine: new Map() };
    this.program = link(gl);
    this.uniforms = new Proxy({}, {
      get: (known, name) => known[name] ??= gl.getUniformLocation(this.program, name),
    });
    gl.useProgram(this.program);
    gl.bindVertexArray(gl.createVertexArray());
    gl.uniform1i(this.uniforms.sheet, SHEET);
    gl.uniform1i(this.uniforms.places, PLACES);
    gl.uniform1i(this.uniforms.tints, TINTS);
    const [, largest] = gl.getParameter(gl.ALIASED_POINT_SIZE_RANGE);
    this.largestDot = Math.min(DOT_PX, largest);
    this.rows = Math.ceil(places.count / ROW);
    const numbers = new Float32Array(4 * ROW * this.rows);
    for (let work = 0; work < places.count; work += 1) {
      numbers.set(places.values.subarray(3 * work, 3 * work + 3), 4 * work);
    }
    this.table(PLACES, gl.RGBA32F, gl.FLOAT, numbers);
    this.tint(new Uint8Array(4 * places.count).fill(255));
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.SRC_ALPHA, gl.ONE_MINUS_SRC_ALPHA);
  }

  /** Keep four numbers for each work in a texture. */
  table(unit, format, type, numbers) {
    const { gl } = this;
    gl.activeTexture(gl.TEXTURE0 + unit);
    gl.bindTexture(gl.TEXTURE_2D, gl.createTexture());
    gl.texImage2D(gl.TEXTURE_2D, 0, format, ROW, this.rows, 0, gl.RGBA, type, numbers);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.NEAREST);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.NEAREST);
    gl.activeTexture(gl.TEXTURE0 + SHEET);
  }

  /** Give each work a colour and how clearly it is seen: four bytes. */
  tint(bytes) {
    const { gl, rows } = this;
    const padded = new Uint8Array(4 * ROW * rows);
    padded.set(bytes);
    if (this.isTinted) {
      gl.activeTexture(gl.TEXTURE0 + TINTS);
      gl.texSubImage2D(
        gl.TEXTURE_2D, 0, 0, 0, ROW, rows, gl.RGBA, gl.UNSIGNED_BYTE, padded,
      );
      gl.activeTexture(gl.TEXTURE0 + SHEET);
    } else {
      this.table(TINTS, gl.RGBA8, gl.UNSIGNED_BYTE, padded);
      this.isTinted = true;
    }
  }

  /** Keep a sheet; it may be drawn from now on. */
  keep(level, number, bitmap) {
    const { gl } = this;
    const texture = gl.createTexture();
    gl.bindTexture(gl.TEXTURE_2D, texture);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGB8, gl.RGB, gl.UNSIGNED_BYTE, bitmap);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.LINEAR_MIPMAP_NEAREST);
    // At this level a cell is one dot; beyond, neighbours would be mixed.
    gl.texParameteri(
      gl.TEXTURE_2D, gl.TEXTURE_MAX_LEVEL, Math.log2(this.grids[level].cell),
    );
    gl.generateMipmap(gl.TEXTURE_2D);
    this.sheets[level].set(number, { texture, height: bitmap.height });
  }

  /** Forget a sheet, so that others have room. */
  drop(level, number) {
    this.gl.deleteTexture(this.sheets[level].get(number).texture);
    this.sheets[level].delete(number);
  }

  /**
   * Draw what is in view.
   *
   * @param camera.x, camera.y, camera.scale the middle, and CSS pixels for a cell
   * @param look.wall colour of the wall, three numbers from 0 to 1
   * @param look.coloured whether works wear their colours
   * @param look.fine whether fine sheets are worth it
   * @param blocks numbers of the blocks in view: of as many works as a fine sheet holds
   */
  draw(camera, look, blocks) {
    const { gl, uniforms } = this;
    const density = gl.canvas.width / camera.width;
    gl.viewport(0, 0, gl.canvas.width, gl.canvas.height);
    gl.clearColor(...look.wall, 1);
    gl.clear(gl.COLOR_BUFFER_BIT);
    gl.uniform2f(uniforms.middle, camera.x, camera.y);
    gl.uniform2f(
      uniforms.zoom, (2 * camera.scale) / camera.width, (-2 * camera.scale) / camera.height,
    );
    gl.uniform1f(uniforms.pixels, camera.scale * density);
    this.corners = camera.scale * density < this.largestDot ? 1 : 6;
    gl.uniform1i(uniforms.corners, this.corners);
    gl.uniform1i(uniforms.isDot, this.corners === 1 ? 1 : 0);
    const isFar = camera.scale < FAR_PX;
    const border = Math.min(Math.max(0.06 * camera.scale, 2), 5) / camera.scale;
    gl.uniform1f(uniforms.border, look.coloured && !isFar ? border : 0);
    gl.uniform1f(uniforms.solid, look.coloured && isFar ? 0.85 : 0);
    for (const run of this.runs(blocks, look.fine)) this.run(run);
  }

  /** Join blocks that follow one another and have their pictures on one sheet. */
  runs(blocks, isFine) {
    const { cells } = this.grids.fine;
    const runs = [];
    for (const block of [...blocks].sort((a, b) => a - b)) {
      const isThere = isFine && this.sheets.fine.has(block);
      const level = isThere ? "fine" : "coarse";
      const sheet = isThere ? block : Math.floor((block * cells) / this.grids.coarse.cells);
      const last = runs[runs.length - 1];
      if (last?.level === level && last.sheet === sheet && last.end === block * cells) {
        last.end += cells;
      } else if (this.sheets[level].has(sheet)) {
        runs.push({ level, sheet, start: block * cells, end: (block + 1) * cells });
      }
    }
    return runs;
  }

  run({ level, sheet, start, end }) {
    const { gl, uniforms } = this;
    const { cell, cells, columns } = this.grids[level];
    const { texture, height } = this.sheets[level].get(sheet);
    gl.bindTexture(gl.TEXTURE_2D, texture);
    gl.uniform1i(uniforms.start, start);
    gl.uniform1i(uniforms.first, sheet * cells);
    gl.uniform1i(uniforms.columns, columns);
    gl.uniform2f(uniforms.cell, 1 / columns, cell / height);
    gl.uniform1f(uniforms.inset, 0.5 / cell);
    const shape = this.corners === 1 ? gl.POINTS : gl.TRIANGLES;
    gl.drawArrays(shape, 0, this.corners * (Math.min(end, this.places.count) - start));
  }
}

function link(gl) {
  const program = gl.createProgram();
  for (const [kind, text] of [[gl.VERTEX_SHADER, VERTEX], [gl.FRAGMENT_SHADER, FRAGMENT]]) {
    const shader = gl.createShader(kind);
    gl.shaderSource(shader, text);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS)) {
    throw new Error(`the map's program does not link: ${gl.getProgramInfoLog(program)}`);
  }
  return program;
}
