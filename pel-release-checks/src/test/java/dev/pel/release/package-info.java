/** What is published: its public API, held against the record of it, and the versions that pel-bom manages. */
@NullMarked
package dev.pel.release;

import org.jspecify.annotations.NullMarked;
