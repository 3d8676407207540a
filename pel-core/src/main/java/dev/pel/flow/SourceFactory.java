package dev.pel.flow;

import dev.pel.Lane;

/** Makes the source of a stream, each time that the stream is run. */
@FunctionalInterface
interface SourceFactory<T> {
    /** Called by the thread that begins the stream; nothing is opened yet. */
    Source<T> open(StreamServices services, Lane readOn, Wake wake);
}
