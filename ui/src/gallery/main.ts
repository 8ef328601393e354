/** The gallery's entry; served while developing, not part of the build. */
import { mount } from "svelte";
import "../app.css";
import Gallery from "./Gallery.svelte";

const target = document.getElementById("app");
if (target === null) throw new Error("The page has no #app.");
mount(Gallery, { target });
