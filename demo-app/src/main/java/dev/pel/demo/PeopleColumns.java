package dev.pel.demo;

import java.util.Collections;
import java.util.List;
import java.util.Locale;
import org.apache.commons.csv.CSVRecord;

/**
 * Where the columns of a file are, and what may stand in them.
 *
 * <p>The names in the header count in any case and order. Columns of other names, and of none, are ignored.
 */
record PeopleColumns(int name, int channel, int address, int count) {
    static final String EXPECTED = "Expected is a header with the columns name,channel,address and one row per person;"
            + " channel is sms, email or popup.";

    private static final int MAX_NAME = 100;
    private static final int MAX_ADDRESS = 200;
    private static final int MAX_SHOWN = 40;

    static PeopleColumns of(CSVRecord header) {
        List<String> titles =
                header.stream().map(title -> title.toLowerCase(Locale.ROOT)).toList();
        return new PeopleColumns(find(titles, "name"), find(titles, "channel"), find(titles, "address"), titles.size());
    }

    private static int find(List<String> titles, String title) {
        int count = Collections.frequency(titles, title);
        if (count == 0) {
            throw unclear("no column '%s'".formatted(title), titles);
        } else if (count > 1) {
            throw unclear("the column '%s' %d times".formatted(title, count), titles);
        }
        return titles.indexOf(title);
    }

    private static PeopleFileException unclear(String what, List<String> titles) {
        return new PeopleFileException(
                "The header has %s, it is: %s. %s".formatted(what, shown(String.join(",", titles)), EXPECTED));
    }

    /**
     * The person a row names.
     *
     * @throws IllegalArgumentException with what is wrong with the row
     */
    Person person(CSVRecord row) {
        if (row.size() != count) {
            throw new IllegalArgumentException(
                    "expected %d columns but found %d; a value with a comma needs quotes".formatted(count, row.size()));
        }
        return new Person(
                text("name", row.get(name), MAX_NAME),
                channel(row.get(channel)),
                text("address", row.get(address), MAX_ADDRESS));
    }

    private static String text(String column, String value, int most) {
        if (value.isBlank()) {
            throw new IllegalArgumentException("'%s' is missing".formatted(column));
        } else if (value.length() > most) {
            throw new IllegalArgumentException(
                    "'%s' must have at most %d characters but has %d".formatted(column, most, value.length()));
        }
        return value;
    }

    private static Channel channel(String value) {
        return Channel.of(value)
                .orElseThrow(() -> new IllegalArgumentException(
                        "'channel' must be sms, email or popup but was '%s'".formatted(shown(value))));
    }

    private static String shown(String value) {
        return value.length() <= MAX_SHOWN ? value : value.substring(0, MAX_SHOWN) + "…";
    }
}
