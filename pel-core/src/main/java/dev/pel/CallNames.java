package dev.pel;

import org.jspecify.annotations.Nullable;

/** How messages name calls: by the label that somebody has given, or else by the place of submission. */
final class CallNames {
    private static final int LONGEST = 80;

    private CallNames() {}

    /** A call of which only that is known: by its number, and its label if it has one. */
    static String numbered(long id, @Nullable String label) {
        return id + labelled(label);
    }

    /** A call or a timer, by its label. */
    static String ofCall(String kind, @Nullable String label) {
        return label == null ? "the " + kind : kind + labelled(label);
    }

    /** What depends on a handle, by the label of the call with which its chain begins. */
    static String ofDependent(@Nullable String label) {
        return "what is attached to " + (label == null ? "a handle" : "call" + labelled(label));
    }

    /** A name as the first words of a sentence. */
    static String atTheBeginning(String name) {
        return Character.toUpperCase(name.charAt(0)) + name.substring(1);
    }

    /** The label, or the place of submission, or nothing, with a space before it. */
    static String hint(@Nullable CallDetails details) {
        if (details == null) {
            return "";
        } else if (details.label() != null) {
            return labelled(details.label());
        }
        StackTraceElement place = details.place();
        return place == null ? "" : " submitted at " + place;
    }

    private static String labelled(@Nullable String label) {
        if (label == null) {
            return "";
        }
        return " '" + shortened(label) + "'";
    }

    /** A key, which is an object of users and may fail to say what it is. */
    static String ofKey(Object key) {
        try {
            return "key '" + shortened(String.valueOf(key)) + "'";
        } catch (Throwable e) {
            return "a key of " + key.getClass().getName();
        }
    }

    /** A text of users, which may be long. */
    static String shortened(String text) {
        return text.length() > LONGEST ? text.substring(0, LONGEST) + "…" : text;
    }
}
