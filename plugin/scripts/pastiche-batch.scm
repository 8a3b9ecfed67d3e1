; SPDX-License-Identifier: GPL-3.0-or-later
;
; Repaints many pictures in the style of one or of several, without a window:
;
;   gimp-console-3 -idf --quit --batch-interpreter=plug-in-script-fu-eval \
;     -b '(pastiche-batch "photos/*.jpg" "style.png" "painted" #:strength 0.6 #:size 1600)'
;
; (pastiche-batch PATTERN STYLE FOLDER [#:NAME VALUE]...)
;
; PATTERN   the pictures: a path with * and ? in its last part, which names that begin with a dot do not match; relative paths
;           start where GIMP was started. Or a list of pictures, see below
; STYLE     the style picture, in any format that GIMP opens; or a list of them, (list "a.png" "b.png"): then every picture
;           is painted once in each
; FOLDER    where the results go; made when it is missing
;
; #:recursive TRUE      also takes the pictures in all folders below that of PATTERN, but for FOLDER, links, those whose names begin
;                       with a dot, and @eaDir and the like, in which disk stations and systems keep their own; the results lie
;                       below FOLDER as their pictures do there
; #:name "…"            the result's name without its ending; {picture} and {style} stand for the names of the two files
;                       without theirs. A / in it makes folders: "{style}/{picture}". Left out, it is "{picture}", and
;                       "{picture}-{style}" with a list of styles
; #:format "png"        the result's ending, which says what kind of file it is; left out, that of its picture
; #:existing "skip"     passes over pictures whose result exists already, which goes on with a batch that was interrupted. A result
;                       that an earlier batch made of another picture, style or option, as its report tells, is painted anew;
;                       left out or "fail", all that exist already count as failed
; #:shard "3/8"         paints only the third of eight parts, for several machines that have the same line and folders: the first
;                       picture is in part 1, the second in part 2, and so on. "slurm" stands for the numbers of a Slurm job array
; any other             is an argument of plug-in-pastiche and goes there as it is (#:strength, #:size, #:style-file-2, …);
;                       what is left out has its default
;
; In a list of pictures each may have its own style and arguments, which count instead of those for all:
;
;   (list "a.png" (list "b.xcf" "other.png" #:strength 0.3) (list "c.png" #:output "third.png"))
;
; #:name and #:format are among them, and #:output is the result's path in FOLDER. If all have their own style, STYLE is '(). A file
; with ("a.png" ("b.xcf" "other.png" #:strength 0.3)) in it is read by (call-with-input-file "list.scm" read).
;
; A picture of several layers becomes one of what is visible. Nothing is ever overwritten but, with #:existing "skip", results
; of earlier batches. While a result is written, a file of the same name and .unfinished lies beside it: where one is found, the
; batch was killed in the middle of writing, and that result is made anew. So only one batch at a time may paint the same part:
; nothing in Script-Fu can lock it. `pastiche batch` on the command line does.
;
; Every picture gives a line, and the last line counts them. A picture that fails is reported with the reason, and the others
; go on; if any failed, so does the batch at its end, and GIMP's exit status is 70. With PASTICHE_PROGRESS=1 in the
; environment, standard error tells how far the batch is and how long it will still take, as a message of GIMP's.
;
; FOLDER/pastiche-batch.jsonl, or for a part pastiche-batch.3-of-8.jsonl, gets a JSON object in a line for every picture that was
; tried, as that of `pastiche batch` does: time, status ("done" or "failed"), content, output, styles, options as they were given,
; seconds, error. All that lie in FOLDER tell #:existing "skip" what was painted, and from what: "fingerprint" has the names and
; sizes of the files, and the options. Script-Fu cannot see when a file was changed; another one of the same size goes unnoticed.

(define (pastiche-batch pattern style folder . arguments)
  (let* ((settings (pastiche-batch-settings arguments '("recursive" "name" "format" "existing" "shard")))
         (part (pastiche-batch-part (pastiche-batch-setting settings "shard")))
         (all (pastiche-batch-jobs pattern style folder settings))
         (skip (pastiche-batch-check all folder settings))
         (report (pastiche-batch-report-in folder part))
         (known (pastiche-batch-read-reports folder report))
         (counts (vector 0 0 0)) ; painted, skipped, failed
         (start (realtime)))
    (let loop ((jobs (pastiche-batch-deal all part)))
      (if (pair? jobs)
          (let* ((job (car jobs))
                 (begun (pastiche-batch-clock))
                 (outcome (pastiche-batch-do job skip known)))
            (if (not (eq? outcome 'skipped))
                (pastiche-batch-append report
                  (string-append (pastiche-batch-line job outcome (- (pastiche-batch-clock) begun)) "\n")))
            (if (eq? outcome 'painted)
                (file-delete (pastiche-batch-mark job))) ; not before: else a kill could leave a result that no report knows
            (pastiche-batch-tell job outcome)
            (let ((count (cond ((eq? outcome 'painted) 0) ((eq? outcome 'skipped) 1) (else 2))))
              (vector-set! counts count (+ 1 (vector-ref counts count))))
            (pastiche-batch-tell-progress counts (length (cdr jobs)) (- (realtime) start))
            (loop (cdr jobs)))))
    (let ((summary (pastiche-batch-join
                     (list (vector-ref counts 0) " painted, " (vector-ref counts 1) " skipped, " (vector-ref counts 2) " failed"))))
      (pastiche-batch-say "pastiche-batch: " summary)
      (if (> (vector-ref counts 2) 0)
          (error (string-append "pastiche-batch: " summary "."))))))

; --- settings -------------------------------------------------------------------------------------------------------

; An association list: those of the names in `own` that were given, and what goes to the plug-in under "", a list of (name keyword
; value). What was given later comes first.
(define (pastiche-batch-settings arguments own)
  (let loop ((rest arguments) (settings '()) (options '()))
    (cond ((null? rest)
           (cons (cons "" options) settings))
          ((null? (cdr rest))
           (error "pastiche-batch: the last argument has no value."))
          (else
           (let ((name (pastiche-batch-argument-name (car rest))))
             (if (member name own)
                 (loop (cddr rest) (cons (cons name (cadr rest)) settings) options)
                 (loop (cddr rest) settings (cons (list name (car rest) (cadr rest)) options))))))))

(define (pastiche-batch-setting settings name)
  (let ((setting (assoc name settings)))
    (and setting (not (equal? (cdr setting) FALSE)) (cdr setting))))

; "strength" for #:strength. Script-Fu lets a script pass such a name on, but not look at it; a procedure that has no such
; argument tells it in its error, though: "Invalid argument name: strength".
(define (pastiche-batch-argument-name keyword)
  (let* ((message (or (pastiche-batch-catch (lambda () (file-glob keyword ""))) ""))
         (name (pastiche-batch-match "argument[ ]name:[ ]([^ ]+)" message 1)))
    (if (not name)
        (error "pastiche-batch: instead of this, the name of an argument is expected, such as #:strength:" keyword))
    (car name)))

; Of options of the plug-in, each name once, the first of it, in the order of the names.
(define (pastiche-batch-merge options)
  (let loop ((names (pastiche-batch-sort (map car options))))
    (cond ((null? names) '())
          ((member (car names) (cdr names)) (loop (cdr names)))
          (else (cons (assoc (car names) options) (loop (cdr names)))))))

; Whether results that are there already are skipped. Nothing is made before all of this is in order.
(define (pastiche-batch-check jobs folder settings)
  (let ((existing (pastiche-batch-setting settings "existing")))
    (for-each (lambda (job)
                (if (not (file-exists? (pastiche-batch-style job)))
                    (error (string-append "pastiche-batch: the style picture " (pastiche-batch-style job) " does not exist."))))
              jobs)
    (if (not (member existing '(#f "fail" "skip")))
        (error "pastiche-batch: #:existing is to be \"fail\" or \"skip\"."))
    (if (not (pastiche-batch-make-folders folder))
        (error (string-append "pastiche-batch: the folder " folder " cannot be made.")))
    (equal? existing "skip")))

; --- pictures and results -------------------------------------------------------------------------------------------

; What is to be done, picture by picture: vectors of picture, style, output (the result's path in the folder), result (its whole path),
; options for the plug-in, and 'twice where an earlier one has the same result, 'read where a picture or style of the batch has its
; path, or #f.
(define (pastiche-batch-jobs pattern style folder settings)
  (if (null? pattern)
      (error "pastiche-batch: there is no picture in the list."))
  (let ((jobs (apply append (map (lambda (row) (apply pastiche-batch-jobs-of folder row))
                                 (if (list? pattern)
                                     (map (lambda (row) (pastiche-batch-row row style settings)) pattern)
                                     (pastiche-batch-found pattern style folder settings)))))
        (sources (pastiche-batch-table))
        (made (pastiche-batch-table)))
    (for-each (lambda (job)
                (for-each (lambda (path)
                            (if (not (pastiche-batch-get sources path)) (pastiche-batch-put! sources path #t)))
                          (list (pastiche-batch-picture job) (pastiche-batch-style job))))
              jobs)
    (for-each (lambda (job)
                (let ((result (pastiche-batch-result job)))
                  (vector-set! job 5 (cond ((pastiche-batch-get made result) 'twice)
                                           ((pastiche-batch-get sources result) 'read)
                                           (else #f)))
                  (pastiche-batch-put! made result #t)))
              jobs)
    jobs))

(define (pastiche-batch-picture job) (vector-ref job 0))
(define (pastiche-batch-style job) (vector-ref job 1))
(define (pastiche-batch-output job) (vector-ref job 2))
(define (pastiche-batch-result job) (vector-ref job 3))
(define (pastiche-batch-options job) (vector-ref job 4))
(define (pastiche-batch-conflict job) (vector-ref job 5))
(define (pastiche-batch-mark job) (string-append (pastiche-batch-result job) ".unfinished"))

; A picture in every one of its styles. `below` is its folder below that of the pattern.
(define (pastiche-batch-jobs-of folder picture below style settings)
  (let* ((path (pastiche-batch-path picture))
         (name (or (pastiche-batch-setting settings "name") (if (list? style) "{picture}-{style}" "{picture}")))
         (format (pastiche-batch-setting settings "format"))
         (ending (if format (string-append "." format) (caddr path))))
    (if (null? style)
        (error (string-append "pastiche-batch: the picture " picture " has no style.")))
    (map (lambda (style)
           (let ((output (or (pastiche-batch-setting settings "output")
                             (string-append below
                               (pastiche-batch-replace "{style}" (cadr (pastiche-batch-path style))
                                 (pastiche-batch-replace "{picture}" (cadr path) name))
                               ending))))
             (vector picture style output
                     (if (pastiche-batch-match "^/|^[A-Za-z]:" output 0) output (string-append folder DIR-SEPARATOR output))
                     (cdr (assoc "" settings))
                     #f)))
         (if (list? style) style (list style)))))

; What a line of a list of pictures says, on top of what counts for all: picture, folder below, style, settings.
(define (pastiche-batch-row row style settings)
  (if (not (or (string? row) (and (pair? row) (string? (car row)))))
      (error "pastiche-batch: in the list, a picture or a list that begins with one is expected instead of this:" row))
  (let* ((row (if (string? row) (list row) row))
         (has-style (and (pair? (cdr row)) (or (string? (cadr row)) (list? (cadr row)))))
         (own (pastiche-batch-settings ((if has-style cddr cdr) row) '("output" "name" "format"))))
    (list (car row) "" (if has-style (cadr row) style)
          (append (list (cons "" (pastiche-batch-merge (append (cdar own) (cdar settings))))) (cdr own) (cdr settings)))))

; The same for every picture that matches the pattern.
(define (pastiche-batch-found pattern style folder settings)
  (let ((root (string-length (car (pastiche-batch-path pattern))))
        (pictures (pastiche-batch-find pattern folder (pastiche-batch-setting settings "recursive")))
        (settings (cons (cons "" (pastiche-batch-merge (cdar settings))) (cdr settings))))
    (if (null? pictures)
        (error (string-append "pastiche-batch: no file matches " pattern ".")))
    (map (lambda (picture)
           (let ((parent (car (pastiche-batch-path picture))))
             (list picture (substring parent root (string-length parent)) style settings)))
         pictures)))

; The paths of the pictures, in the order of their names, a folder's own before those below it. (file-glob finds nothing in a folder with
; brackets in its name.)
(define (pastiche-batch-find pattern folder recursive)
  (let ((last-part (pastiche-batch-file-name pattern)))
    (let find ((parent (car (pastiche-batch-path pattern))))
      (for-each (lambda (name)
                  (if (string=? name "")
                      (pastiche-batch-say parent ": left out: a name that is not UTF-8, which Script-Fu cannot open")))
                (pastiche-batch-entries (if (string=? parent "") "." parent)))
      (append (map (lambda (name) (string-append parent name))
                   (pastiche-batch-sort (pastiche-batch-keep (lambda (name)
                     (and (pastiche-batch-like? last-part name)
                          (not (pastiche-batch-report? name))
                          (not (= (file-type (string-append parent name)) FILE-TYPE-DIR))))
                     (pastiche-batch-names parent))))
              (if recursive
                  (apply append (map (lambda (name) (find (string-append parent name DIR-SEPARATOR)))
                                     (pastiche-batch-folders parent folder)))
                  '())))))

; The names of the folders in a folder, but for hidden ones, those that disk stations and systems keep for themselves, and the one at the
; path `excluded`.
(define (pastiche-batch-folders parent excluded)
  (pastiche-batch-sort (pastiche-batch-keep (lambda (name)
    (let ((path (string-append parent name)))
      (and (not (char=? (string-ref name 0) #\.))
           (not (member name '("@eaDir" "@Recycle" "#recycle" "#snapshot" "$RECYCLE.BIN" "System Volume Information" "lost+found"
                               "__MACOSX")))
           (= (file-type path) FILE-TYPE-DIR)
           (not (member excluded (list path (string-append path DIR-SEPARATOR)))))))
    (pastiche-batch-names parent))))

; The names in a folder. One that is not UTF-8, for which Script-Fu has "", cannot be opened here.
(define (pastiche-batch-names parent)
  (pastiche-batch-keep (lambda (name) (not (string=? name "")))
                       (pastiche-batch-entries (if (string=? parent "") "." parent))))

; Whether a name is like a pattern with * and ?. Hidden names are only like patterns that begin with a dot.
(define (pastiche-batch-like? pattern name)
  (and (or (not (char=? (string-ref name 0) #\.)) (pastiche-batch-match "^\\." pattern 0))
       (let like? ((pattern (string->list pattern)) (name (string->list name)))
         (cond ((null? pattern) (null? name))
               ((char=? (car pattern) #\*) (or (like? (cdr pattern) name) (and (pair? name) (like? pattern (cdr name)))))
               ((null? name) #f)
               ((or (char=? (car pattern) #\?) (char=? (car pattern) (car name))) (like? (cdr pattern) (cdr name)))
               (else #f)))))

; --- parts ----------------------------------------------------------------------------------------------------------

; Which part of how many: (3 8) for "3/8", (1 1) for #f.
(define (pastiche-batch-part shard)
  (let ((part (cond ((not shard) '(1 1))
                    ((equal? shard "slurm") (pastiche-batch-slurm-part))
                    (else (map string->number (or (and (string? shard) (pastiche-batch-match "^([0-9]+)/([0-9]+)$" shard 2))
                                                  '("0" "0")))))))
    (if (not (<= 1 (car part) (cadr part)))
        (error "pastiche-batch: #:shard takes a part and their number, such as \"3/8\" for the third of eight, or \"slurm\"."))
    part))

; Of the tasks of a Slurm job array.
(define (pastiche-batch-slurm-part)
  (let* ((number (lambda (name) (string->number (or (getenv (string-append "SLURM_ARRAY_TASK_" name)) ""))))
         (here (number "ID"))
         (first (number "MIN"))
         (last (number "MAX"))
         (count (number "COUNT"))
         (step (or (number "STEP") 1)))
    (if (not (and here first last count))
        (error "pastiche-batch: #:shard \"slurm\" is for the tasks of a Slurm job array, but SLURM_ARRAY_TASK_… are not set here."))
    ; The numbers of an array like 3,7,8 do not tell how many come before.
    (if (not (and (>= step 1) (<= first here last) (= (remainder (- here first) step) 0)
                  (= (+ (quotient (- last first) step) 1) count)))
        (error "pastiche-batch: the tasks of this job array are not numbered one after the other; give #:shard \"I/N\"."))
    (list (+ (quotient (- here first) step) 1) count)))

; The jobs of this part: they are dealt out like cards.
(define (pastiche-batch-deal jobs part)
  (let loop ((rest jobs) (to 1) (ours '()))
    (if (null? rest)
        (reverse ours)
        (loop (cdr rest) (if (= to (cadr part)) 1 (+ to 1)) (if (= to (car part)) (cons (car rest) ours) ours)))))

; --- painting -------------------------------------------------------------------------------------------------------

; 'painted, 'skipped, or the reason why there is no result. The mark is left beside a result that was written.
(define (pastiche-batch-do job skip known)
  (let* ((result (pastiche-batch-result job))
         (paint (lambda ()
           (cond ((not (file-exists? (pastiche-batch-picture job))) "there is no such file")
                 ((not (pastiche-batch-make-folders (car (pastiche-batch-path result)))) "its folder cannot be made")
                 (else (or (pastiche-batch-paint job) 'painted))))))
    (if (eq? (pastiche-batch-conflict job) 'twice)
        "another picture of this batch becomes a file of this name"
        (begin
          (pastiche-batch-remove-unfinished job)
          (cond ((not (file-exists? result)) (paint))
                ((not skip) "a file of this name exists already, and nothing is overwritten")
                ((pastiche-batch-is-done job known) 'skipped)
                ((pastiche-batch-conflict job) "this batch reads the file of this name, which was painted otherwise before")
                (else (paint)))))))

; #f, or the reason why there is no result.
(define (pastiche-batch-paint job)
  (let* ((result (pastiche-batch-result job))
         (mark (pastiche-batch-mark job))
         (image #f)
         (failure (pastiche-batch-catch (lambda ()
           (set! image (car (gimp-file-load RUN-NONINTERACTIVE (pastiche-batch-picture job))))
           (gimp-image-policy-rotate image FALSE) ; a non-interactive load leaves it as the camera was held
           (if (= (car (gimp-image-get-base-type image)) INDEXED)
               (gimp-image-convert-rgb image))
           (apply plug-in-pastiche
             (append (list #:run-mode RUN-NONINTERACTIVE #:image image
                           #:drawables (vector (pastiche-batch-visible-layer image))
                           #:style-source "file" #:style-file (pastiche-batch-style job))
                     (apply append (map cdr (pastiche-batch-options job)))))
           ; Nothing in Script-Fu can rename a file, so the result cannot appear all at once.
           (call-with-output-file mark (lambda (port) (display result port)))
           (gimp-file-save RUN-NONINTERACTIVE image result)))))
    (if image (gimp-image-delete image))
    (if failure (pastiche-batch-remove-unfinished job))
    failure))

; What a failed or interrupted save left is no result.
(define (pastiche-batch-remove-unfinished job)
  (if (file-exists? (pastiche-batch-mark job))
      (begin
        (if (file-exists? (pastiche-batch-result job)) (file-delete (pastiche-batch-result job)))
        (file-delete (pastiche-batch-mark job)))))

(define (pastiche-batch-visible-layer image)
  (let ((layers (car (gimp-image-get-layers image))))
    (if (and (= (vector-length layers) 1) (= (car (gimp-item-is-group (vector-ref layers 0))) FALSE))
        (vector-ref layers 0)
        (car (gimp-image-merge-visible-layers image CLIP-TO-IMAGE)))))

; --- the report -----------------------------------------------------------------------------------------------------

(define (pastiche-batch-report-in folder part)
  (string-append folder DIR-SEPARATOR "pastiche-batch"
    (if (> (cadr part) 1) (pastiche-batch-join (list "." (car part) "-of-" (cadr part))) "")
    ".jsonl"))

(define (pastiche-batch-report? name)
  (pastiche-batch-match "^pastiche-batch(\\.[0-9]+-of-[0-9]+)?\\.jsonl$" name 0))

(define (pastiche-batch-line job outcome seconds)
  (pastiche-batch-json
    (append
      (list (cons "time" (pastiche-batch-now))
            (cons "status" (if (eq? outcome 'painted) "done" "failed"))
            (cons "content" (pastiche-batch-picture job))
            (cons "output" (pastiche-batch-output job)))
      (if (string? outcome) (list (cons "error" outcome)) '())
      (list (cons "seconds" seconds)
            (cons "styles" (vector (list (cons "file" (pastiche-batch-style job)))))
            (cons "options" (map (lambda (option) (cons (car option) (caddr option))) (pastiche-batch-options job)))
            (cons "fingerprint" (pastiche-batch-fingerprint job))))))

; What a result depends on: the names and sizes of the files that are read, and all options but the memory limit.
(define (pastiche-batch-fingerprint job)
  (let ((file (lambda (path) (list (pastiche-batch-file-name path) " " (or (file-size path) "missing")))))
    (pastiche-batch-join
      (append (file (pastiche-batch-picture job)) '(", ") (file (pastiche-batch-style job))
        (apply append (map (lambda (option)
          (let ((name (car option)) (value (caddr option)))
            (cond ((string=? name "memory") '())
                  ((and (string? value) (file-exists? value) (not (= (file-type value) FILE-TYPE-DIR)))
                   (append (list ", " name " ") (file value)))
                  (else (list ", " name " " (if (string? value) value (pastiche-batch-json value)))))))
          (pastiche-batch-options job)))))))

; Whether a result that is there can be taken for that of the job. What no report tells of was there before, and is left alone.
(define (pastiche-batch-is-done job known)
  (let ((entry (pastiche-batch-get known (pastiche-batch-json (pastiche-batch-output job)))))
    (or (not entry)
        (string=? (cdr entry) (pastiche-batch-json (pastiche-batch-fingerprint job))))))

; Of everything that the reports in the folder say was painted: by the result's output, when and the fingerprint. Strings stay
; as they are in JSON, which is enough to compare them. `ours` is made ready for further lines: one that a power cut left
; incomplete must not run into the next.
(define (pastiche-batch-read-reports folder ours)
  (let* ((known (pastiche-batch-table))
         (text "(\"(?:[^\"\\\\]|\\\\.)*\")") ; a string of JSON's
         (done (string-append "^\\{\"time\":" text ",\"status\":\"done\",\"content\":" text ",\"output\":" text
                              ",.*\"fingerprint\":" text "\\}$"))
         (learn (lambda (line)
           (let ((values (pastiche-batch-match done line 4)))
             (if values
                 (let ((entry (pastiche-batch-get known (caddr values))))
                   (if (not (and entry (string>? (car entry) (car values))))
                       (pastiche-batch-put! known (caddr values) (cons (car values) (cadddr values))))))))))
    (for-each (lambda (name)
                (let* ((path (string-append folder DIR-SEPARATOR name))
                       (rest (pastiche-batch-for-lines learn path)))
                  (if (and (equal? path ours) (not (equal? rest "")))
                      (pastiche-batch-append ours "\n"))))
              (pastiche-batch-keep pastiche-batch-report? (pastiche-batch-entries folder)))
    (pastiche-batch-append ours "")
    known))

(define (pastiche-batch-append path text)
  (let ((port (open-input-output-file path))) ; writes at the end of what is there
    (if (not port)
        (error (string-append "pastiche-batch: the report " path " cannot be written.")))
    (display text port)
    (close-port port)))

; JSON for a string, a number or a truth value, a vector of values, or an object as an association list.
(define (pastiche-batch-json value)
  (let ((in (lambda (open items close)
          (string-append open (if (null? items) "" (unbreakupstr items ",")) close))))
    (cond ((vector? value) (in "[" (map pastiche-batch-json (vector->list value)) "]"))
          ((and (list? value) (not (pair? (pastiche-batch-keep atom? value)))) (in "{" (map (lambda (member)
             (string-append (pastiche-batch-json (car member)) ":" (pastiche-batch-json (cdr member)))) value) "}"))
          ((number? value) (pastiche-batch-json-number value))
          ((boolean? value) (if value "true" "false"))
          ((string? value) (call-with-output-string (lambda (port)
             (display "\"" port)
             (for-each (lambda (char) (pastiche-batch-json-char char port)) (string->list value))
             (display "\"" port))))
          (else (pastiche-batch-json (any->string value))))))

; Script-Fu writes 0.25 as "0,25.0" where the user's language has a comma.
(define (pastiche-batch-json-number number)
  (let* ((text (number->string number))
         (parts (pastiche-batch-match "^(-?[0-9]+)[^-+.e0-9]+([0-9]+)(e[-+0-9]+|)(?:\\.0)?$" text 3)))
    (if parts (string-append (car parts) "." (cadr parts) (caddr parts)) text)))

(define (pastiche-batch-json-char char port)
  (let ((code (char->integer char)))
    (cond ((member char '(#\" #\\)) (display "\\" port) (write-char char port))
          ((char=? char #\newline) (display "\\n" port))
          ((< code 32) (display (string-append "\\u00" (if (< code 16) "0" "") (number->string code 16)) port))
          (else (write-char char port)))))

; Seconds since 1970.
(define (pastiche-batch-clock)
  (let ((now (gettimeofday)))
    (+ (car now) (/ (cadr now) 1000000.0))))

; "2026-07-31T23:59:58.123456Z". (Script-Fu's own (time) is that of the place, which jumps in autumn.)
(define (pastiche-batch-now)
  (let* ((now (gettimeofday))
         (digits (lambda (count number)
           (let ((text (number->string number)))
             (string-append (make-string (- count (string-length text)) #\0) text))))
         (second (remainder (car now) 86400))
         (leap? (lambda (year) (and (= (remainder year 4) 0) (or (> (remainder year 100) 0) (= (remainder year 400) 0))))))
    (let next-year ((year 1970) (day (quotient (car now) 86400)))
      (let ((days (if (leap? year) 366 365)))
        (if (>= day days)
            (next-year (+ year 1) (- day days))
            (let next-month ((month 1) (day day) (lengths (list 31 (if (leap? year) 29 28) 31 30 31 30 31 31 30 31 30 31)))
              (if (>= day (car lengths))
                  (next-month (+ month 1) (- day (car lengths)) (cdr lengths))
                  (string-append (digits 4 year) "-" (digits 2 month) "-" (digits 2 (+ day 1)) "T"
                    (digits 2 (quotient second 3600)) ":" (digits 2 (quotient (remainder second 3600) 60)) ":"
                    (digits 2 (remainder second 60)) "." (digits 6 (cadr now)) "Z"))))))))

; --- what is said ---------------------------------------------------------------------------------------------------

(define (pastiche-batch-tell job outcome)
  (let ((picture (pastiche-batch-picture job))
        (result (pastiche-batch-result job)))
    (cond ((eq? outcome 'painted) (pastiche-batch-say picture " -> " result))
          ((eq? outcome 'skipped) (pastiche-batch-say picture ": skipped: " result " exists already"))
          (else (pastiche-batch-say picture ": failed: " outcome)))))

(define (pastiche-batch-tell-progress counts left seconds)
  (let ((done (apply + (vector->list counts)))
        (painted (vector-ref counts 0)))
    (if (equal? (getenv "PASTICHE_PROGRESS") "1")
        (gimp-message (pastiche-batch-join
          (append (list "pastiche-batch: " done " of " (+ done left) " done")
                  (if (> painted 0) (list ", about " (quotient (+ (* left seconds) painted -1) painted) " s left") '())))))))

(define (pastiche-batch-say . strings)
  (display (apply string-append strings))
  (newline))

; --- strings and lists ----------------------------------------------------------------------------------------------

; Does the work; returns #f, or the message of the error that ended it. (Script-Fu's own catch forgets the message.)
(define (pastiche-batch-catch work)
  (let* ((outer *error-hook*)
         (failure (call/cc (lambda (leave)
           (set! *error-hook* (lambda message (leave (pastiche-batch-join message))))
           (work)
           #f))))
    (set! *error-hook* outer)
    failure))

(define (pastiche-batch-join atoms)
  (apply string-append (map (lambda (atom) (if (string? atom) atom (atom->string atom))) atoms)))

; The parts of a text in brackets in a regular expression, if it matches. Each must be there, if empty. (re-match ends GIMP's
; interpreter when it is asked for the parts of what does not match.)
(define (pastiche-batch-match expression text parts)
  (and (re-match expression text)
       (let ((places (make-vector (+ parts 1) #f)))
         (re-match expression text places)
         (map (lambda (place) (substring text (car place) (cdr place))) (cdr (vector->list places))))))

; ("a/" "picture" ".png") for a/picture.png; each may be empty.
(define (pastiche-batch-path path)
  (pastiche-batch-match (string-append "(?s)^((?:.*[\\Q" DIR-SEPARATOR "\\E])?)(.*?)(\\.[^.]+|)\\z") path 3))

(define (pastiche-batch-file-name path)
  (apply string-append (cdr (pastiche-batch-path path))))

; The names of all that is in a folder.
(define (pastiche-batch-entries folder)
  (let ((stream (dir-open-stream folder)))
    (if stream
        (let loop ((names '()))
          (let ((name (dir-read-entry stream)))
            (if (eof-object? name)
                (begin (dir-close-stream stream) names)
                (loop (cons name names)))))
        '())))

; Does the work with every line of a file; returns what stands after the last line end.
(define (pastiche-batch-for-lines work path)
  (call-with-input-file path (lambda (port)
    (let loop ((line (open-output-string)))
      (let ((char (read-char port)))
        (cond ((eof-object? char) (work (get-output-string line)) (get-output-string line))
              ((char=? char #\newline) (work (get-output-string line)) (loop (open-output-string)))
              (else (write-char char line) (loop line))))))))

(define (pastiche-batch-replace what by text)
  (unbreakupstr (strbreakup text what) by))

; Whether all folders on the path are there in the end.
(define (pastiche-batch-make-folders path)
  (let loop ((parts (strbreakup path DIR-SEPARATOR)) (parent ""))
    (if (null? parts)
        #t
        (let ((folder (string-append parent (car parts))))
          (and (or (string=? folder "") (file-exists? folder) (dir-make folder))
               (loop (cdr parts) (string-append folder DIR-SEPARATOR)))))))

(define (pastiche-batch-keep good? items)
  (cond ((null? items) '())
        ((good? (car items)) (cons (car items) (pastiche-batch-keep good? (cdr items))))
        (else (pastiche-batch-keep good? (cdr items)))))

; Sorts strings, quickly for any number of them.
(define (pastiche-batch-sort names)
  (if (null? names)
      '()
      (let split ((rest (cdr names)) (before '()) (after '()))
        (cond ((null? rest)
               (append (pastiche-batch-sort before) (list (car names)) (pastiche-batch-sort after)))
              ((string<? (car rest) (car names))
               (split (cdr rest) (cons (car rest) before) after))
              (else
               (split (cdr rest) before (cons (car rest) after)))))))

; --- tables, in which a text is found quickly among many ---------------------------------------------------------------

(define (pastiche-batch-table) (make-vector 997 '()))

(define (pastiche-batch-row-in table key)
  (let loop ((i (- (string-length key) 1)) (hash 0))
    (if (< i 0)
        hash
        (loop (- i 1) (remainder (+ (* 31 hash) (char->integer (string-ref key i))) (vector-length table))))))

(define (pastiche-batch-put! table key value)
  (let ((row (pastiche-batch-row-in table key)))
    (vector-set! table row (cons (cons key value) (vector-ref table row)))))

; #f where there is none.
(define (pastiche-batch-get table key)
  (let ((entry (assoc key (vector-ref table (pastiche-batch-row-in table key)))))
    (and entry (cdr entry))))
