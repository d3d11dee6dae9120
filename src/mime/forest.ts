const NONE = -1;

/**
 * Trees that are joined and split again and again, and the root of any node in amortized O(log n), however deep the
 * trees: a link-cut tree (Sleator and Tarjan 1983). Threading asks for a root before every link, and walking up would
 * make a long chain of replies quadratic.
 *
 * Each tree is held as paths, and each path as a splay tree whose in-order sequence runs from the path's top to its
 * bottom. `#up` of a splay tree's root is the node above the path.
 */
export class Forest {
  readonly #up: number[] = [];
  readonly #left: number[] = [];
  readonly #right: number[] = [];

  /** Adds a tree of one node; nodes are numbered from 0. */
  add(): number {
    this.#left.push(NONE);
    this.#right.push(NONE);
    return this.#up.push(NONE) - 1;
  }

  /** Puts a root under a node of another tree. */
  link(root: number, parent: number): void {
    this.#access(root);
    this.#up[root] = parent;
  }

  /** Makes a node that is no root the root of a tree of its own. */
  cut(node: number): void {
    this.#access(node);
    const above = this.#at(this.#left, node);
    this.#left[node] = NONE;
    this.#up[above] = NONE;
  }

  root(node: number): number {
    this.#access(node);
    let root = node;
    for (let above = node; above !== NONE; above = this.#at(this.#left, above)) root = above;
    this.#splay(root);
    return root;
  }

  /** Makes the way from the node up to its root one path, and the node the root of that path's splay tree. */
  #access(node: number): void {
    let below = NONE;
    for (let at = node; at !== NONE; at = this.#at(this.#up, at)) {
      this.#splay(at);
      this.#right[at] = below;
      below = at;
    }
    this.#splay(node);
  }

  #splay(node: number): void {
    while (!this.#isSplayRoot(node)) {
      const parent = this.#at(this.#up, node);
      if (!this.#isSplayRoot(parent)) {
        const grandparent = this.#at(this.#up, parent);
        const straight = (this.#left[grandparent] === parent) === (this.#left[parent] === node);
        this.#rotate(straight ? parent : node);
      }
      this.#rotate(node);
    }
  }

  #rotate(node: number): void {
    const parent = this.#at(this.#up, node);
    const grandparent = this.#at(this.#up, parent);
    if (!this.#isSplayRoot(parent)) {
      if (this.#left[grandparent] === parent) this.#left[grandparent] = node;
      else this.#right[grandparent] = node;
    }
    const [near, far] = this.#left[parent] === node ? [this.#left, this.#right] : [this.#right, this.#left];
    const inner = this.#at(far, node);
    near[parent] = inner;
    if (inner !== NONE) this.#up[inner] = parent;
    far[node] = parent;
    this.#up[parent] = node;
    this.#up[node] = grandparent;
  }

  #isSplayRoot(node: number): boolean {
    const parent = this.#at(this.#up, node);
    return parent === NONE || (this.#left[parent] !== node && this.#right[parent] !== node);
  }

  #at(links: number[], node: number): number {
    return links[node] ?? NONE;
  }
}
