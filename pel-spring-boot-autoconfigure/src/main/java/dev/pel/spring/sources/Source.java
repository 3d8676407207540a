package dev.pel.spring.sources;

/** What brings messages into the application, and can be made to bring none for a while. */
interface Source {
    /**
     * Makes it bring no more messages. It may take as long as the messages that are being handled.
     *
     * @return false when others have paused or stopped it, who will let it go on
     */
    boolean pause();

    /** Lets it go on after a pause. */
    void resume();
}
