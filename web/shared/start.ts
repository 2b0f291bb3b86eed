/** The page shows something of its own: what stood there before goes, and public/start.js knows that it started. */
export function started(): void {
  document.getElementById("mulai")?.remove();
}
