package dev.pel.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.springframework.stereotype.Component;

/**
 * Reads a CSV file of people.
 *
 * <p>Tolerant where the meaning is clear: a byte order mark, either line ending, quotes, blanks around a value, columns in
 * another order, blank lines. A row without a clear meaning is refused with its line number, and the others go on.
 */
@Component
final class PeopleFileReader {
    private static final String BYTE_ORDER_MARK = "\uFEFF";

    // blank lines are counted, not skipped by the parser, so that line numbers are those of an editor
    private static final CSVFormat FORMAT = CSVFormat.RFC4180
            .builder()
            .setIgnoreEmptyLines(false)
            .setIgnoreSurroundingSpaces(true)
            .setTrim(true)
            .setTrailingData(true)
            .get();

    private final int maxRows;

    PeopleFileReader(DemoProperties properties) {
        this.maxRows = properties.people().maxRows();
    }

    PeopleFile read(byte[] content) {
        try (CSVParser parser = CSVParser.parse(text(content), FORMAT)) {
            return new Rows(parser).read();
        } catch (IOException e) {
            throw new UncheckedIOException(e); // the text is in memory: there is nothing that could fail
        }
    }

    private static String text(byte[] content) {
        String text = decode(content);
        if (text.startsWith(BYTE_ORDER_MARK)) {
            text = text.substring(BYTE_ORDER_MARK.length());
        }
        if (text.isBlank()) {
            throw new PeopleFileException("The file is empty. " + PeopleColumns.EXPECTED);
        }
        return text;
    }

    private static String decode(byte[] content) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(content))
                    .toString();
            if (text.indexOf('\0') < 0) {
                return text;
            }
        } catch (CharacterCodingException e) {
            // answered below, like the other file that is no text
        }
        throw new PeopleFileException(
                "The file is not text in UTF-8. Save it as \"CSV UTF-8\". " + PeopleColumns.EXPECTED);
    }

    /** The rows of one file. */
    private final class Rows {
        private final CSVParser parser;
        private final Iterator<CSVRecord> records;
        private final List<Person> people = new ArrayList<>();
        private final List<RefusedRow> refused = new ArrayList<>();
        private long line;

        Rows(CSVParser parser) {
            this.parser = parser;
            this.records = parser.iterator();
        }

        PeopleFile read() {
            try {
                PeopleColumns columns = header();
                while (advance()) {
                    take(columns, records.next());
                }
            } catch (UncheckedIOException e) {
                // Commons CSV cannot go on after this; what it has read by then counts
                refused.add(new RefusedRow(
                        line, "this row and all after it are unreadable: a quote that is opened here is never closed"));
            }
            if (people.isEmpty() && refused.isEmpty()) {
                throw new PeopleFileException("The file has no rows below its header. " + PeopleColumns.EXPECTED);
            } else if (people.isEmpty()) {
                throw new PeopleFileException("Nobody can be notified: every row was refused.", refused);
            }
            return new PeopleFile(people, refused);
        }

        /** Whether there is another record; notes the line it begins on, which is not the one it ends on when a value has two lines. */
        private boolean advance() {
            line = parser.getCurrentLineNumber() + 1;
            return records.hasNext();
        }

        private PeopleColumns header() {
            while (advance()) {
                CSVRecord row = records.next();
                if (!isBlank(row)) {
                    return PeopleColumns.of(row);
                }
            }
            throw new PeopleFileException("The file is empty. " + PeopleColumns.EXPECTED);
        }

        private void take(PeopleColumns columns, CSVRecord row) {
            if (isBlank(row)) {
                return;
            }
            if (people.size() + refused.size() == maxRows) {
                throw new PeopleFileException(
                        "The file has more than %d rows ('demo.people.max-rows'). Send it in parts."
                                .formatted(maxRows));
            }
            try {
                people.add(columns.person(row));
            } catch (IllegalArgumentException e) {
                refused.add(new RefusedRow(line, String.valueOf(e.getMessage())));
            }
        }

        private static boolean isBlank(CSVRecord row) {
            return row.size() == 1 && row.get(0).isEmpty();
        }
    }
}
