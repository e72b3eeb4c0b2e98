/**
 * Draws points by WebGL 2. Our own and not regl-scatterplot: regl makes its programs with `new Function`, which a
 * policy without `unsafe-eval` forbids, and all that is needed here is one program with one buffer.
 */
import type { Rgb } from './colours.ts';
import { scaleOf, type Size, type View } from './view.ts';

/** How a point stands out. */
export const POINT = { plain: 0, dimmed: 1, chosen: 2, hit: 3 } as const;

const VERTEX = `#version 300 es
layout(location = 0) in vec2 place;
layout(location = 1) in uint kind;
layout(location = 2) in uint state;
uniform vec2 middle;
uniform vec2 scale;
uniform float size;
uniform float alpha;
uniform vec3 colours[13];
uniform vec3 lit;
out vec4 colour;
void main() {
  gl_Position = vec4((place - middle) * scale, 0.0, 1.0);
  bool chosen = state == 2u;
  bool hit = state == 3u;
  gl_PointSize = size * (chosen || hit ? 1.35 : 1.0) + 1.0;
  vec3 own = colours[min(kind, 12u)];
  colour = vec4(chosen ? lit : own, chosen || hit ? 1.0 : state == 1u ? alpha * 0.14 : kind > 12u ? alpha * 0.8 : alpha);
}`;

const FRAGMENT = `#version 300 es
precision mediump float;
in vec4 colour;
uniform float softness;
out vec4 pixel;
void main() {
  float edge = length(gl_PointCoord - 0.5) * 2.0;
  float inside = 1.0 - smoothstep(1.0 - softness, 1.0, edge);
  pixel = vec4(colour.rgb, 1.0) * colour.a * inside;
}`;

interface Drawing {
  program: WebGLProgram;
  buffers: { places: WebGLBuffer; kinds: WebGLBuffer; states: WebGLBuffer };
  at: (name: string) => WebGLUniformLocation | null;
}

export class Plot {
  readonly #canvas: HTMLCanvasElement;
  readonly #gl: WebGL2RenderingContext;
  #drawing: Drawing;
  #places: Float32Array = new Float32Array(0);
  #kinds: Uint8Array = new Uint8Array(0);
  #states: Uint8Array = new Uint8Array(0);
  readonly #onRestored: () => void;

  private constructor(canvas: HTMLCanvasElement, gl: WebGL2RenderingContext, redraw: () => void) {
    this.#canvas = canvas;
    this.#gl = gl;
    this.#drawing = prepare(gl);
    // A driver that was reset loses everything; all data is uploaded again.
    this.#onRestored = () => {
      this.#drawing = prepare(gl);
      this.#upload('places', this.#places);
      this.#upload('kinds', this.#kinds);
      this.#upload('states', this.#states);
      redraw();
    };
    canvas.addEventListener('webglcontextlost', keepTrying);
    canvas.addEventListener('webglcontextrestored', this.#onRestored);
  }

  /** @param redraw asked for when the graphics driver came back @returns null where there is no WebGL 2 */
  static on(canvas: HTMLCanvasElement, redraw: () => void): Plot | null {
    const gl = canvas.getContext('webgl2', { antialias: false, alpha: true, powerPreference: 'low-power' });
    return gl === null ? null : new Plot(canvas, gl, redraw);
  }

  /** @param places x, y pairs, −1..1; all points are in no class and plain after it */
  setPoints(places: Float32Array): void {
    this.#places = places;
    this.#upload('places', places);
    this.setClasses(new Uint8Array(places.length / 2).fill(255));
    this.setStates(new Uint8Array(places.length / 2));
  }

  /** @param kinds class of each point, 255 for none */
  setClasses(kinds: Uint8Array): void {
    this.#kinds = kinds;
    this.#upload('kinds', kinds);
  }

  /** @param states one of {@link POINT} for each point */
  setStates(states: Uint8Array): void {
    this.#states = states;
    this.#upload('states', states);
  }

  /** @param colours of the classes, then of points in none; @param lit of chosen points */
  draw(view: View, size: Size, colours: readonly Rgb[], lit: Rgb): void {
    const gl = this.#gl;
    const { program, at } = this.#drawing;
    const density = window.devicePixelRatio;
    const [wide, high] = [Math.round(size.width * density), Math.round(size.height * density)];
    if (this.#canvas.width !== wide || this.#canvas.height !== high) {
      this.#canvas.width = wide;
      this.#canvas.height = high;
    }
    gl.viewport(0, 0, wide, high);
    gl.clearColor(0, 0, 0, 0);
    gl.clear(gl.COLOR_BUFFER_BIT);
    const points = this.#places.length / 2;
    if (points === 0 || wide === 0 || high === 0) return;
    const scale = scaleOf(view, size);
    const diameter = pointSize(points, view.zoom) * density;
    gl.useProgram(program);
    gl.uniform2f(at('middle'), view.x, view.y);
    gl.uniform2f(at('scale'), (2 * scale) / size.width, (2 * scale) / size.height);
    gl.uniform1f(at('size'), diameter);
    gl.uniform1f(at('softness'), Math.min(0.9, 2.5 / diameter));
    gl.uniform1f(at('alpha'), points > 20_000 ? Math.min(0.95, 0.6 + 0.1 * Math.log2(view.zoom)) : 0.92);
    gl.uniform3fv(at('colours'), colours.slice(0, 13).flat());
    gl.uniform3f(at('lit'), ...lit);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    gl.drawArrays(gl.POINTS, 0, points);
  }

  /** Gives the graphics memory back. */
  end(): void {
    this.#canvas.removeEventListener('webglcontextlost', keepTrying);
    this.#canvas.removeEventListener('webglcontextrestored', this.#onRestored);
    this.#gl.getExtension('WEBGL_lose_context')?.loseContext();
  }

  #upload(which: keyof Drawing['buffers'], values: Float32Array | Uint8Array): void {
    const gl = this.#gl;
    gl.bindBuffer(gl.ARRAY_BUFFER, this.#drawing.buffers[which]);
    gl.bufferData(gl.ARRAY_BUFFER, values, gl.STATIC_DRAW);
  }
}

/** CSS pixels across. Many points are small; closer ones grow, but slower than the distances between them. */
export function pointSize(points: number, zoom: number): number {
  const whole = points < 500 ? 9 : points < 3000 ? 6.5 : points < 20_000 ? 4.5 : 2.8;
  return Math.min(16, whole * zoom ** 0.4);
}

/** Without this a lost context never comes back. */
function keepTrying(event: Event): void {
  event.preventDefault();
}

function prepare(gl: WebGL2RenderingContext): Drawing {
  const program = gl.createProgram();
  for (const [type, source] of [
    [gl.VERTEX_SHADER, VERTEX],
    [gl.FRAGMENT_SHADER, FRAGMENT],
  ] as const) {
    const shader = gl.createShader(type);
    if (shader === null) continue; // the context is lost: linking fails below, or it comes back
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  if (gl.getProgramParameter(program, gl.LINK_STATUS) !== true && !gl.isContextLost()) {
    throw new Error(`the map’s shaders do not link: ${gl.getProgramInfoLog(program) ?? ''}`);
  }
  const buffers = { places: gl.createBuffer(), kinds: gl.createBuffer(), states: gl.createBuffer() };
  gl.bindBuffer(gl.ARRAY_BUFFER, buffers.places);
  gl.enableVertexAttribArray(0);
  gl.vertexAttribPointer(0, 2, gl.FLOAT, false, 0, 0);
  for (const [location, buffer] of [
    [1, buffers.kinds],
    [2, buffers.states],
  ] as const) {
    gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
    gl.enableVertexAttribArray(location);
    gl.vertexAttribIPointer(location, 1, gl.UNSIGNED_BYTE, 0, 0);
  }
  const known = new Map<string, WebGLUniformLocation | null>();
  const at = (name: string) => {
    if (!known.has(name)) known.set(name, gl.getUniformLocation(program, name));
    return known.get(name) ?? null;
  };
  return { program, buffers, at };
}
