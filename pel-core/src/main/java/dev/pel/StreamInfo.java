package dev.pel;

/**
 * A stream of work, as listeners see it, see {@link EventLoop#forEach(Iterable)}. The same object in all events of one stream, and as many figures as
 * wanted, at any time and from any thread.
 */
public interface StreamInfo {
    /**
     * How far the stream has come; also when it has ended.
     *
     * @return the figures now
     */
    StreamProgress progress();
}
