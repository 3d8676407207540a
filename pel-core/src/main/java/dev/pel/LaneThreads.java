package dev.pel;

import java.util.Objects;

/**
 * How many threads a lane has, and of which kind.
 *
 * @param min how many it has at least
 * @param max how many it has at most
 * @param kind the kind of its threads
 * @param elastic how they come and go
 */
record LaneThreads(int min, int max, ThreadKind kind, ElasticOptions elastic) {
    LaneThreads {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(elastic, "elastic");
        if (min == max) {
            check("threads", max, kind);
        }
        check("min threads", min, kind);
        check("max threads", max, kind);
        if (max < min) {
            throw new InvalidOptionException(
                    "max threads", "must be at least 'min threads', which is " + min + ",", String.valueOf(max));
        }
    }

    static LaneThreads fixed(int count, ThreadKind kind) {
        return new LaneThreads(count, count, kind, ElasticOptions.defaults());
    }

    static void check(String name, int threads, ThreadKind kind) {
        int most = kind == ThreadKind.VIRTUAL ? LaneOptions.MAX_VIRTUAL_THREADS : LaneOptions.MAX_PLATFORM_THREADS;
        if (threads < 1 || threads > most) {
            throw new InvalidOptionException(name, "must be between 1 and " + most, String.valueOf(threads));
        }
    }

    /** Whether threads come and go while the loop runs. */
    boolean isElastic() {
        return min < max || elastic.replaces();
    }

    LaneThreads between(int least, int most) {
        return new LaneThreads(least, most, kind, elastic);
    }

    LaneThreads ofKind(ThreadKind value) {
        return new LaneThreads(min, max, value, elastic);
    }

    LaneThreads with(ElasticOptions value) {
        return new LaneThreads(min, max, kind, value);
    }
}
