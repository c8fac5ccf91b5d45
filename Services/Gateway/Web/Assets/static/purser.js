// Live parts of the pages. Everything but the live log works without this file.
"use strict";

(function () {
    const local = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });

    /** Shows times in the reader's own zone; the title keeps the exact one. */
    function localiseTimes(root) {
        for (const element of root.querySelectorAll("time[datetime]:not([title])")) {
            const time = new Date(element.dateTime);
            if (isNaN(time)) continue;
            element.title = element.dateTime;
            element.textContent = local.format(time);
        }
    }

    /** A dangerous button works once the thing's name has been typed. The server looks again. */
    function guardConfirmations(root) {
        for (const input of root.querySelectorAll("input[data-expected]")) {
            const buttons = input.form.querySelectorAll("button.danger");
            const check = () => {
                for (const button of buttons) button.disabled = input.value.trim() !== input.dataset.expected;
            };
            input.addEventListener("input", check);
            check();
        }
    }

    /** A form is sent once, however often its button is pressed. */
    document.addEventListener("submit", (event) => {
        const form = event.target;
        if (form.method !== "post") return;
        if (form.dataset.sent) return event.preventDefault();
        form.dataset.sent = "yes";
    });
    window.addEventListener("pageshow", () => {
        for (const form of document.forms) delete form.dataset.sent;
    });

    /** Filters apply as soon as they are chosen; without scripts there is a button. */
    document.addEventListener("change", (event) => {
        const form = event.target.form;
        if (form && form.matches(".filters") && event.target.matches("select")) form.requestSubmit();
    });

    /** All checkboxes of a table at once. */
    document.addEventListener("change", (event) => {
        if (!event.target.matches("input[data-all]")) return;
        for (const box of event.target.form.querySelectorAll("input[name=id]")) box.checked = event.target.checked;
    });

    /** Buttons that copy what is shown this once. */
    function copyOnDemand(root) {
        for (const button of root.querySelectorAll("button[data-copy]")) {
            if (!navigator.clipboard) continue;
            button.hidden = false;
            button.addEventListener("click", async () => {
                await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
                button.textContent = "Copied";
            });
        }
    }

    // --- Parts that follow what happens ---------------------------------------------------------------------------

    /** The live parts as the gateway wrote them, to tell whether one has changed. */
    const written = new Map([...document.querySelectorAll("[data-live]")].map((part) => [part.id, part.innerHTML]));

    /** Fetches the page again and takes over its live parts that have changed, except where someone is typing. */
    async function refresh() {
        const answer = await fetch(location.href, { headers: { Accept: "text/html" }, credentials: "same-origin" });
        if (!answer.ok || answer.redirected) return;
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        for (const part of document.querySelectorAll("[data-live]")) {
            const fresh = page.getElementById(part.id);
            if (!fresh || part.contains(document.activeElement) && document.activeElement !== part) continue;
            if (written.get(part.id) === fresh.innerHTML) continue;
            written.set(part.id, fresh.innerHTML);
            const open = new Set([...part.querySelectorAll("details[open]")].map((each) => each.id).filter(Boolean));
            part.replaceChildren(...fresh.childNodes);
            for (const id of open) { const each = document.getElementById(id); if (each) each.open = true; }
            prepare(part);
        }
    }

    let timer = null;
    function refreshSoon(delay) {
        if (timer) return;
        timer = setTimeout(async () => { timer = null; try { await refresh(); } catch { /* the next event tries again */ } }, delay);
    }

    /** Follows the events of the things that the page names; `*` is everything. */
    function follow() {
        const parts = [...document.querySelectorAll("[data-live]")];
        if (!parts.length || !window.EventSource) return;
        const wanted = new Set(parts.flatMap((part) => part.dataset.live.split(" ")));
        wanted.delete("timer");
        if (!wanted.size) return;
        const concerns = (event) => {
            if (wanted.has("*")) return true;
            const data = JSON.parse(event.data);
            const action = data.action || {};
            return wanted.has(action.id) || wanted.has(action.contract_product_id) || wanted.has(data.contract_product_id);
        };
        const stream = new EventSource("/v1/events/stream");
        for (const type of ["action.changed", "product.changed", "adapter.changed"]) {
            stream.addEventListener(type, (event) => { if (concerns(event)) refreshSoon(wanted.has("*") ? 1000 : 150); });
        }
        stream.addEventListener("gap", () => refreshSoon(150));
        // What happened while the page was loading, or while the connection was away.
        stream.addEventListener("open", () => refreshSoon(50));
        window.addEventListener("pagehide", () => stream.close());
    }

    /** Pages that show a picture of now fetch it again and again. */
    function repeat() {
        const part = document.querySelector("[data-every]");
        if (part) setInterval(() => { if (!document.hidden) refreshSoon(0); }, Number(part.dataset.every) * 1000);
    }

    // --- The live log ----------------------------------------------------------------------------------------------

    const tones = { error: "bad", critical: "bad", warning: "warn", notice: "info" };
    const kept = 500;

    function element(name, className, text) {
        const made = document.createElement(name);
        if (className) made.className = className;
        if (text !== undefined) made.textContent = text;
        return made;
    }

    function row(entry) {
        const details = element("details", "entry level-" + entry.level);
        const summary = element("summary");
        const time = element("time");
        time.dateTime = entry.time;
        time.textContent = entry.time;
        const about = [entry.service, entry.category, entry.function].filter(Boolean).join(" · ");
        summary.append(time, " ", element("span", "badge " + (tones[entry.level] || ""), entry.level), " ",
            element("span", "entry-message", entry.message), " ", element("span", "muted small", about));
        const facts = element("dl", "facts");
        const fact = (name, value) => facts.append(element("dt", "", name), element("dd", "", value));
        for (const [name, value] of Object.entries(entry.metadata || {})) {
            fact(name, typeof value === "string" ? value : JSON.stringify(value));
        }
        if (entry.error) fact("error", entry.error);
        if (entry.action_id) {
            const link = element("a", "", entry.action_id);
            link.href = "/admin/actions/" + encodeURIComponent(entry.action_id);
            const place = element("dd");
            place.append(link);
            facts.append(element("dt", "", "action"), place);
        }
        details.append(summary, facts);
        return details;
    }

    function liveLog() {
        const log = document.getElementById("live-log");
        if (!log || !window.EventSource) return;
        const state = document.getElementById("live-state");
        const pause = document.getElementById("live-pause");
        let waiting = [];
        let isPaused = false;
        const say = () => {
            state.textContent = isPaused ? "Paused, " + waiting.length + " new" : "Live";
            state.className = "badge " + (isPaused ? "warn" : "good");
        };
        const show = () => {
            if (!waiting.length) return;
            const rows = waiting.splice(0).slice(-kept).map(row).reverse();
            log.prepend(...rows);
            localiseTimes(log);
            while (log.children.length > kept) log.lastElementChild.remove();
            const empty = document.getElementById("live-empty");
            if (empty) empty.hidden = true;
        };
        const stream = new EventSource(log.dataset.stream);
        let scheduled = false;
        stream.addEventListener("message", (event) => {
            waiting.push(JSON.parse(event.data));
            if (waiting.length > kept) waiting = waiting.slice(-kept);
            if (isPaused) return say();
            if (scheduled) return;
            scheduled = true;
            requestAnimationFrame(() => { scheduled = false; show(); say(); });
        });
        stream.addEventListener("open", say);
        stream.addEventListener("error", () => { state.textContent = "Connecting …"; state.className = "badge warn"; });
        pause.hidden = false;
        pause.addEventListener("click", () => {
            isPaused = !isPaused;
            pause.textContent = isPaused ? "Go on" : "Pause";
            if (!isPaused) show();
            say();
        });
        window.addEventListener("pagehide", () => stream.close());
    }

    function prepare(root) {
        localiseTimes(root);
        guardConfirmations(root);
        copyOnDemand(root);
    }

    prepare(document);
    follow();
    repeat();
    liveLog();
    const summary = document.getElementById("form-error");
    if (summary) summary.focus();
})();
